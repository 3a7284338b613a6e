"""Does the release stand in the public log, and did that log only grow since the auditor looked last?

Reads the tiles from a folder, as any mirror has them, and believes none of them before a path leads to both roots.
"""

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import checkpoint, inclusion, note
from registry.proof.audit import Audit, Skipped
from registry.proof.logfiles import LogFolder


def check_log(audit: Audit) -> str:
    """The release stands in the public log, in a tree whose head a trusted key signed."""
    audit.root  # noqa: B018 - without trusted keys nobody can say
    witnesses = audit.memory.witnesses
    if audit.logged is None:
        if witnesses.needed:
            raise NotVerifiedError("The export has no log proof that a witness could have cosigned.")
        raise Skipped("the export has no log proof")
    head = audit.logged.tree_head()
    cosigned = witnesses.check(audit.logged.signed)
    return f"entry {audit.logged.number:,} of {head.size:,} in the log {head.origin}{cosigned}"


def anchor(audit: Audit) -> str:
    """The text of the tree head that holds over the release, from which samples are drawn; empty where none does."""
    if audit.trust is None:
        return ""
    try:
        return audit.logged.signed.text if audit.logged else ""
    except (InvalidInputError, NotVerifiedError):
        return ""  # the step about the log says why


def check_growth(audit: Audit) -> str:
    """The log only grew since the tree head that the auditor remembers."""
    if audit.memory.checkpoint is None:
        raise Skipped("no earlier checkpoint was given")
    if audit.logged is None:
        raise NotVerifiedError("There is no log proof that could be compared with the checkpoint that was given.")
    before = checkpoint.parse_text(note.parse(audit.memory.checkpoint).text)
    now = audit.logged.tree_head()
    if before.origin != now.origin:
        raise NotVerifiedError(f"The checkpoint that was given is of another log, {before.origin}.")
    old, new = sorted((before, now), key=lambda head: head.size)
    path = _growth_path(audit, old.size, new.size) if old.size not in (0, new.size) else []
    inclusion.check_consistency(old.size, old.root, new.size, new.root, path)
    return f"the log grew from {before.size:,} to {now.size:,} entries and nothing was changed"


def _growth_path(audit: Audit, old_size: int, new_size: int) -> list[bytes]:
    """The consistency path from the log's tiles."""
    folder = audit.memory.log
    if folder is None:
        raise NotVerifiedError("To show that the log only grew, its tiles are needed; use --log.")
    return inclusion.consistency_path(old_size, new_size, LogFolder(folder).tree(new_size).subtree)


def newest(audit: Audit) -> bytes | None:
    """The larger of the remembered tree head and the export's, once both steps have passed."""
    proof, before = audit.logged, audit.memory.checkpoint
    if proof is None:
        return None
    if before is not None and checkpoint.parse_text(note.parse(before).text).size > proof.tree_head().size:
        return before
    return proof.signed.to_bytes()
