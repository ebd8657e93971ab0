"""The rows that stand in every file of this folder."""

import datetime
from typing import Any

COLUMNS = ["Nr", "Opis", "Adres URL", "Data", "Ocena", "Płatny", "Uwagi"]

_TEXTS = (
    "Forum dyskusyjne miłośników kaktusów. Zarejestruj się i zadaj pytanie.",
    'Blog „Pod lasem"; wpisy, zdjęcia, komentarze',
    "Linia pierwsza\nlinia druga, ciąg dalszy",
    "Sklep z butami; dostawa gratis\tod 200 zł",
    "=SUMA(A1:A3) to nie jest formuła",
    "Książki, filmy i gry 🎲 – recenzje",
    "",
    "Łódź, Żory, Śrem, Ćmielów, Źródła, Ńóść, Ęą",
    '"w cudzysłowie"',
    "0048 601 000 000",
    "N/A",
    "Ostatni wiersz, i na nim koniec",
)
ROWS: list[list[Any]] = [
    [
        n,
        text,
        f"https://www.host{n}.example/f/viewtopic.php?t={n}&p=1,2" if n % 3 else "",
        datetime.date(2024, 2, 27) + datetime.timedelta(days=n),
        n * 1.25 if n % 4 else None,
        n % 2 == 0,
        "007" if n % 2 else "",
    ]
    for n, text in enumerate(_TEXTS, 1)
]
