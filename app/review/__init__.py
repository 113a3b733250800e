"""Reviews plans: changes between two, locks and policies to keep, what a job sees of itself."""
