"""Receipts: what a receiver answers a sender, numbered by a register, each chained to the one before by its digest.

A receipt is a document about a verdict: it adds time, number, sender, chain and signature, and changes none of it.
"""
