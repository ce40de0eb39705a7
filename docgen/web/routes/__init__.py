"""The routes of the page, a module for each door or part of one, each with its ``ROUTES``; slow work is a job."""
