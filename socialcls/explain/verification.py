"""Verify a model that was loaded: what loading checks in part because it must be fast, read as a whole."""

from socialcls.classifier import Classifier
from socialcls.features.groups import GROUPS
from socialcls.model.persistence import Artifact
from socialcls.model.vocabulary import Vocabulary
from socialcls.types import Document

_PROBES = (
    Document(
        "A forum for growers of cacti: ask a question, reply in a thread.", "forum.example.com/viewtopic.php", "A"
    ),
    Document(url="example.org"),
    Document("Piszę o kotach. " * 40),
)


def verify(artifact: Artifact) -> list[str]:
    """Read every section of the vocabulary and answer some documents.

    Returns:
        A sentence for each fault; empty when there is none.
    """
    faults = []
    vocabulary = Vocabulary(artifact.arrays.lines)
    for group in GROUPS:
        section = artifact.arrays.lines.sections[group.name]
        listed = vocabulary.list_section(group.name)
        if len(listed) != section.n_lines:
            faults.append(f"{group.name}: {len(listed):,} features where {section.n_lines:,} are promised.")
            continue
        lost = sum(vocabulary.find(group.name, feature) is None for feature in listed[:: max(1, len(listed) // 500)])
        if lost and not group.name.endswith(".pairs"):
            faults.append(f"{group.name}: features are not found where their buckets say.")
    classifier = Classifier(artifact)
    for document in _PROBES:
        prediction = classifier.classify(document)
        total = prediction.bias + sum(part.contribution for part in prediction.evidence)
        if abs(total - prediction.margin) > 1e-6 * max(1.0, abs(prediction.margin)):
            faults.append(f"An explanation does not add up: {total:g} for {prediction.margin:g}.")
    return faults
