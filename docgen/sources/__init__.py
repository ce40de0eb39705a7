"""Where a record's data and its evidence come from: record files, and the files that prove something."""
