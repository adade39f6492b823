//! A runner's verdicts against the list of what passes.
