"""A module per door: each lists its ``ROUTES``; what takes time is a job."""
