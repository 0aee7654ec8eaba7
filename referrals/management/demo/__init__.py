"""The demo clinic: invented people, invented cases, made files. Every name, doctor and hospital is fiction."""
