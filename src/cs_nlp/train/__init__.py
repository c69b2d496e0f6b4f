"""Training: labelled messages in, a bundle out. Only here are scikit-learn and joblib imported."""
