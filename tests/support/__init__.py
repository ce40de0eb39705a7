"""What several tests need: readers of samples, builders of files, programs to run. No tests stand here."""
