"""The xhtml narrative of FHIR: its text as paragraphs, lists and tables. Tags and addresses are dropped."""

from lxml import etree, html

from referrals.records.decoder import health

BLOCKS = frozenset("p div h1 h2 h3 h4 h5 h6 blockquote pre dl dt dd hr section article body html".split())
DUMB = frozenset("script style head title template noscript iframe object".split())


def tell(made, markup):
    """Fill the section that is open in a `Summary`. Whether there was anything to say."""
    try:
        root = html.fragment_fromstring(markup, create_parent="div", parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return False
    before = len(made.sections[-1]["blocks"]) if made.sections else 0
    _flow(made, root)
    return bool(made.sections) and len(made.sections[-1]["blocks"]) > before


def _flow(made, element):
    """What stands in it, in its order; loose text between blocks as paragraphs."""
    loose = [element.text or ""]
    for child in element:
        if _is_told_apart(child):
            made.text("".join(loose))
            loose = []
            _block(made, child)
        else:
            loose.append(_text(child))
        loose.append(child.tail or "")
    made.text("".join(loose))


def _is_told_apart(element):
    return element.tag in BLOCKS or element.tag in ("table", "ul", "ol")


def _block(made, element):
    if element.tag == "table":
        rows = health.grid(map(_cells, element.iter("tr")))
        first = element.find(".//tr")
        is_head = len(rows) > 1 and first is not None and first.find("td") is None
        made.table(rows[0] if is_head else [], rows[1:] if is_head else rows)
    elif element.tag in ("ul", "ol"):
        made.list(_text(item) for item in element.iterchildren("li"))
    else:
        _flow(made, element)


def _cells(row):
    cells = row.iterchildren("td", "th")
    return [(_text(cell), health.span(cell, "colspan"), health.span(cell, "rowspan")) for cell in cells]


def _text(element):
    """All text in it, with line breaks where they are written."""
    if not isinstance(element.tag, str) or element.tag in DUMB:
        return ""
    if element.tag == "br":
        return "\n"
    parts = [element.text or ""]
    for child in element:
        parts += [_text(child), child.tail or ""]
    return health.tidy("".join(parts)) if element.tag in ("td", "th", "li") else "".join(parts)
