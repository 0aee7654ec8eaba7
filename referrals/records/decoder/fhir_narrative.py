"""The xhtml narrative of FHIR: its text as paragraphs, lists and tables. Tags and addresses are dropped."""

from html.parser import HTMLParser

from referrals.records.decoder import health


class Narrative(HTMLParser):
    """Fills the section that is open in a `Summary`; `said` is whether there was anything to say."""

    BLOCKS = frozenset("p div h1 h2 h3 h4 h5 h6 blockquote pre dl dt dd hr".split())
    DUMB = frozenset("script style head title template noscript".split())

    def __init__(self, made):
        super().__init__(convert_charrefs=True)
        self.made, self.said, self.words, self.dumb = made, False, [], 0
        self.items, self.rows, self.head = None, None, []

    def handle_starttag(self, tag, attrs):
        if tag in self.DUMB:
            self.dumb += 1
        elif tag == "br":
            self.words.append("\n")
        elif tag == "table":
            self.end_text()
            self.rows, self.head = [], []
        elif tag in ("ul", "ol") and self.rows is None:
            self.end_text()
            self.items = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("li", "td", "th"):
            self.words = [] if self.rows is not None or self.items is not None else self.words
        elif tag in self.BLOCKS and self.rows is None and self.items is None:
            self.end_text()

    def handle_endtag(self, tag):
        if tag in self.DUMB:
            self.dumb = max(self.dumb - 1, 0)
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append(self._taken())
            if tag == "th" and len(self.rows) == 1:
                self.head = self.rows[0]
        elif tag == "li" and self.items is not None and self.rows is None:
            self.items.append(self._taken())
        elif tag == "table" and self.rows is not None:
            is_head = bool(self.rows) and self.head is self.rows[0] and len(self.rows) > 1
            self.made.table(self.head if is_head else [], self.rows[1:] if is_head else self.rows)
            self.said, self.rows = self.said or bool(self.rows), None
        elif tag in ("ul", "ol") and self.items is not None and self.rows is None:
            self.made.list(self.items)
            self.said, self.items = self.said or bool(self.items), None
        elif tag in self.BLOCKS and self.rows is None and self.items is None:
            self.end_text()

    def handle_data(self, data):
        if not self.dumb:
            self.words.append(data)

    def end_text(self):
        text = self._taken()
        if text:
            self.made.text(text)
            self.said = True

    def _taken(self):
        text, self.words = health.tidy("".join(self.words)), []
        return text
