"""Receipts: a receiver's answers to senders, numbered by a register, each chained to the one before by its digest.

A receipt states the verdict on a package unchanged; it adds time, number, sender, place in the chain and signature.
"""
