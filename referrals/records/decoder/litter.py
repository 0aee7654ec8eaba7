"""What systems and viewers leave in folders and on discs. No record is called so.

Packed folders are read by these rules here, folders that are chosen in the browser there (js/uploads/litter.js).
"""

NAMES = frozenset(
    "thumbs.db desktop.ini .ds_store autorun.inf dicomdir dirfile lockfile version readme.txt license.txt".split()
)
FOLDERS = frozenset(
    ("__macosx", ".trashes", ".spotlight-v100", ".fseventsd", "$recycle.bin", "system volume information")
)
ENDS = frozenset(
    "exe dll com bat cmd msi ocx sys drv inf ini jar class so dylib app cab chm hlp ico cur lnk pdb".split()
)
ENDS_ON_A_DISC = frozenset(
    "htm html css js xsl dtd gif svg swf config manifest log dat lic key db ttf otf woff".split()
)
EXCHANGE = "ihe_xdm"  # IHE Cross-enterprise Document Media Interchange: documents in XML, and what shows them
RULES = {
    "names": sorted(NAMES), "folders": sorted(FOLDERS), "ends": sorted(ENDS), "discEnds": sorted(ENDS_ON_A_DISC),
    "exchange": EXCHANGE,
}  # fmt: skip


def is_litter(path, size, *, on_disc):
    *folders, name = path.casefold().split("/")
    end = name.rpartition(".")[2] if "." in name else ""
    if EXCHANGE in folders and end == "xml":
        return name == "metadata.xml"
    return (
        not size or name in NAMES or end in ENDS or (on_disc and end in ENDS_ON_A_DISC) or name.startswith("._")
        or not FOLDERS.isdisjoint(folders)
    )  # fmt: skip


def marks_a_disc(path):
    *folders, name = path.casefold().split("/")
    return name == "dicomdir" or EXCHANGE in folders
