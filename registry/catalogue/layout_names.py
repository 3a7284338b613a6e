"""What are the layouts called? Apart from what reads them, so that a command can name them quickly."""

from enum import StrEnum


class LayoutName(StrEnum):
    """The layouts that there are, and `AUTO` for whoever has to look first."""

    AUTO = "auto"
    IMAGE_FOLDER = "image-folder"
    TRAIN_ARCHIVE = "ilsvrc-train-archive"
    VALIDATION = "ilsvrc-validation"
    WITHHELD = "ilsvrc-test"
    KAGGLE_LOC = "kaggle-loc"
    CLASS_ARCHIVES = "class-archives"
    IMAGENET_21K_P = "imagenet-21k-p"
    FOLDER_ARCHIVE = "folder-archive"
    WEBDATASET = "webdataset"
    PARQUET = "hugging-face-parquet"
    CHECKSUMS = "sha256sums"
    BAG = "bagit"
    CROISSANT = "croissant"
    EXPORT = "accession-export"
    URL_LIST = "url-list"

    @property
    def has_pixels(self) -> bool:
        """Whether images in this layout have bytes at all; a list of URLs says where they were."""
        return self is not LayoutName.URL_LIST
