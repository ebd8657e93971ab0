"""What can be chosen about a training run."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen about a training run."""

    seed: int = 0
    """Decides which hosts share a fold; nothing else in training is random."""
    n_folds: int = 4
    strength: float = 1.0
    """Inverse strength of the L2 penalty: scikit-learn's C."""
    target_accuracy: float = 0.95
    """What share of the answers of each label shall be right on held-out voices; decides the thresholds."""
    target_accuracy_url: float = 0.92
    """The same where there is a URL and nothing else, on the mixture of `mix_addresses`."""
    tolerance: float = 1e-4
    """Of the gradient when fitting ends: scikit-learn's tol."""
    n_jobs: int = 2
    """Folds fitted at the same time; the result does not depend on it."""
    kind_strength: float = 4.0
    """The same as `strength` for the kinds of a label."""
    kind_tolerance: float = 1e-3
    kind_balance: float = 0.15
    """How much rows of rare kinds count more: 0 not at all, 1 until all kinds weigh the same."""
    target_accuracy_kind: float = 0.85
    """What share of the kinds that are told shall be right, where the label is."""

    def aim_at(self, accuracy: float) -> "Settings":
        """Choose what share of the answers shall be right, whatever there is to read."""
        return replace(self, target_accuracy=accuracy, target_accuracy_url=accuracy)
