"""Numbers as dots: 3 of 10, 43 of 100. The drawing says no more than the number does."""


def dots(filled, *, columns, rows, step, first, radius, hollow):
    """One (x, y, radius, class) a dot, filled ones first, row by row."""
    found = []
    for number in range(columns * rows):
        row, column = divmod(number, columns)
        x, y = first[0] + column * step[0], first[1] + row * step[1]
        on = number < filled
        found.append((x, y, radius if on else hollow, "on" if on else "off"))
    return found


THREE_OF_TEN = dots(3, columns=5, rows=2, step=(30, 30), first=(14, 14), radius="11", hollow="10")
FORTY_THREE = dots(43, columns=20, rows=5, step=(10, 11), first=(5, 6), radius="4", hollow="3.3")
