"""Fit, calibrate, export and measure: the only room with scikit-learn."""
