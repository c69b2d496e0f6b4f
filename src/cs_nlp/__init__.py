"""Chinese e-commerce customer service: intent, severity, FAQ answer and handoff in under a millisecond."""
