"""Labels, kinds, criteria, signals and heads: what the categories are, as data."""
