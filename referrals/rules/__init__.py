"""Floor 2: the rules. Who may see (`access`), what may happen (`workflow`, `roads`), when it is due
(`clocks`), who is reminded (`catalogue`), what is written down of it (`audit`)."""
