"""What does `VERIFY.md` tell a person to type? Lines with this release's names, for tools that everyone has."""

from collections.abc import Sequence

from registry.proof.datasheet import Datasheet
from registry.proof.keys import Key
from registry.proof.sshsig import IDENTITY, NAMESPACE

_TEXT = """# How to check {release}

Everything here can be checked without a network, without an account and without trusting whoever gave you this
folder. What you need from elsewhere is one file: the trust root, `root.json`, from someone you trust. The one in this
folder only shows that the folder agrees with itself.

## With Accession

Checks everything, names each image that is missing, extra, altered or renamed, and exits with 0 or 7.

```sh
accession verify . --trust /path/to/root.json
```

## With the tools of your system

Run these in this folder. Every image has the bytes that were signed for, and no file was added:

```sh
sha256sum --check --quiet SHA256SUMS
test "$(find data -type f | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum | sha256sum)" = "{sums}  -"
```

The list of images was signed by the release key:

```sh
ssh-keygen -Y verify -f allowed_signers -I {identity} -n {namespace} -s SHA256SUMS.sig < SHA256SUMS
```
{signatures}
What the statement says about the other files is then in `$work/statement.json`: compare `sha256sum *.json *.md *.html
*.txt *.yaml manifest.lines SHA256SUMS` with its subjects.

## With other people's tools

As a BagIt bag, and as a payload of OpenSSF Model Signing:

```sh
bagit.py --validate .
{models}
```
"""

_SIGNATURE = """
The datasheet's statement was signed by the key {key_id}:

```sh
work=$(mktemp -d)
sed 's/.*"payload":"\\([^"]*\\)".*/\\1/' datasheet.dsse.json | openssl base64 -d -A > "$work/statement.json"
sed 's/.*"keyid":"{key_id}","sig":"\\([^"]*\\)".*/\\1/' datasheet.dsse.json | openssl base64 -d -A > "$work/signature"
{{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < "$work/statement.json")"
  cat "$work/statement.json"; }} > "$work/signed"
openssl pkeyutl -verify -pubin -inkey keys/{key_id}.pem -rawin -in "$work/signed" -sigfile "$work/signature"
```
"""


def text(datasheet: Datasheet, signers: Sequence[Key], model_signers: Sequence[Key]) -> str:
    """`VERIFY.md` for a release that these keys sign; its shell lines work as they stand, in the export's folder."""
    return _TEXT.format(
        release=datasheet.release,
        sums=datasheet.manifest.sums_sha256.removeprefix("sha256:"),
        identity=IDENTITY,
        namespace=NAMESPACE,
        signatures="".join(_SIGNATURE.format(key_id=key.keyid) for key in signers),
        models="\n".join(
            f"model_signing verify key --signature {name} --public_key keys/{key.keyid}.pem data"
            for name, key in zip(model_signature_names(len(model_signers)), model_signers, strict=True)
        ),
    )


def model_signature_names(count: int) -> list[str]:
    """The names of the OMS bundles of so many signers: `model.sig`, `model-2.sig`, ..."""
    return [f"model{'' if number == 1 else f'-{number}'}.sig" for number in range(1, count + 1)]
