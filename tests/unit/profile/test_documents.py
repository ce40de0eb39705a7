"""Every document that the standards of Wuhan ask for, line by line: clause, shape, level, filing item, signatures."""

from __future__ import annotations

from functools import cache

import pytest
from support.standard_support import Asked, describe, find, load, read_asked

from docgen.checks.base import check_rules
from docgen.profile.load import LoadedProfile

# id, clause, kind, for whom, how strongly the clause asks, filing item, how many sign
T665 = """\
demand-survey | 6.1.1 | form | entry | 应 | a | 2
demand-analysis | 6.1.1 | report | project | 自拟 | a | 0
provider-check | 5.1，5.2，5.3，5.4，6.1.2 | checklist | project | 宜 | i | 2
service-agreement | 6.1.2 | report | project | 应 | i | 2
confidentiality-agreement | 7.5.5 | report | enterprise | 应 | i | 2
stakeholder-register | 7.5.1 | register | project | 应 | i | 1
satisfaction-owner | 7.5.4 | report | project | 宜 | i | 1
team-list | 6.2.1，6.2.3 e) | register | project | 应 | i | 1
survey-plan | 6.2.2 | report | project | 应 | a | 0
enterprise-survey | 6.2.2，6.5.2 a) | form | enterprise | 宜 | a | 2
quality-analysis-report | 6.2.2 | report | project | 应 | a | 0
implementation-plan | 6.2.3 | report | project | 应 | b | 0
plan-review | 6.2.4 | checklist | project | 应 | c | 2
milestone-review | 5.4 b)，5.4 e) | checklist | entry | 自拟 | d | 1
briefing-record | 6.3.1 a) | register | project | 宜 | d | 1
guidance-schedule | 6.3.1 g) | register | enterprise | 应 | b | 2
training-sign-in | 6.3.1 b)，6.5.2 d) | register | training | 宜 | d | 1
service-record | 6.3.1，6.5.2 d) | register | enterprise | 应 | d | 2
deviation-record | 6.3.1 c)，6.3.1 d) | register | project | 宜 | d | 1
photo-sheet | 6.5.2 d) | photo-sheet | project | 宜 | d | 0
promotion-record | 6.3.2 | register | project | 宜 | d | 1
industry-guide | 6.3.2 a) | report | project | 宜 | e | 0
enterprise-case | 6.3.3 c)，6.5.1 f) | report | enterprise | 可 | e | 0
consultation-report | 6.5.2 e) | report | enterprise | 宜 | e | 1
work-summary | 6.3.3，6.5.1 | report | project | 应 | f | 0
benefit-enterprise | 6.4.1，附录A | form | enterprise | 应 | e | 0
benefit-area | 6.4.1，附录B | form | project | 应 | e | 0
satisfaction | 6.4.2，附录C | form | enterprise | 应 | g | 0
satisfaction-analysis | 6.4.2 | register (xlsx) | project | 应 | g | 0
feedback | 6.5.3，附录D | form | enterprise | 可 | g | 0
evidence-list | 6.5.1 | register | project | 应 | i | 1
acceptance | 6.5.1 | checklist | project | 应 | i | 2
change-record | 7.3 | form | entry | 应 | h | 2
third-party-evaluation | 7.2 | report | project | 可 | e | 1
supervision-record | 7.1，8.1 | checklist | entry | 宜 | d | 2
complaint-record | 8.2.1 | form | entry | 应 | i | 2
suggestion-record | 8.2.2 | register | project | 宜 | i | 1
metrology-ledger | 4.5.1 | register (xlsx) | enterprise | 可 | i | 0
"""
T629 = """\
rules-handbook | 4.1.5 | report | project | 应 | a | 0
staff-roster | 4.1.4 | register | project | 应 | b | 1
service-notice | 4.1.2.4，4.2，4.3.5 | form | project | 应 | a | 0
training-record | 4.2.1 | register | training | 自拟 | b | 1
metrology-ledger | 4.2.4.3 | register (xlsx) | enterprise | 自拟 | p | 0
handover-register | 4.2.4.2，4.2.5.2，4.2.6.2，4.2.7.3 | register | enterprise | 可 | p | 0
demand-register | 4.3.1 | register | project | 应 | c | 0
matching-record | 4.3.2 | form | entry | 应 | l | 1
followup-record | 4.3.3 | register | service | 应 | l | 0
service-record | 4.4.1.2，附录C | form | entry | 应 | m | 1
service-evaluation-summary | 4.3.4.3 | register (xlsx) | project | 宜 | e | 0
public-opinion-record | 4.4.1.1 | register | project | 应 | f | 1
key-service-review | 4.4.1.3 | report | entry | 应 | m | 1
supervision-record | 4.4.1.4 | checklist | entry | 应 | f | 1
complaint-record | 4.4.1.5 | form | entry | 可 | q | 2
station-evaluation | 4.4.2.1 | checklist | entry | 宜 | g | 2
rectification-notice | 4.4.2.2 | report | entry | 应 | g | 1
rectification-result | 4.4.2.2 | report | notice | 自拟 | g | 1
removal-notice | 4.4.2.2 | report | entry | 应 | g | 0
opinion-transfer | 4.4.3.1 | form | entry | 应 | h | 1
improvement-plan | 4.4.3.2，4.4.3.3 | form | entry | 应 | h | 1
improvement-result | 4.4.3.3 | report | plan | 应 | h | 1
enterprise-profile | 5.1 | form | enterprise | 应 | j | 0
standardisation-survey | B.1 | form | enterprise | 应 | k | 0
survey-summary | B.1 | register (xlsx) | project | 应 | d | 0
novelty-search-request | B.2 | form | entry | 应 | n | 1
validity-check-request | B.2 | register | entry | 应 | n | 1
search-result | B.2 | form | entry | 应 | n | 1
standards-comparison | B.5 | report | enterprise | 可 | o | 0
"""
ITEMS = {"enterprise": "enterprises[]", "training": "trainings[]"}
ASKED = {
    "db4201-t665-2022": read_asked(T665, ITEMS),
    "db4201-t629-2020": read_asked(
        T629,
        {
            **ITEMS,
            "service": "forms.service-record[]",
            "plan": "forms.improvement-plan[]",
            "notice": "forms.rectification-notice[]",
        },
    ),
}
DOCUMENTS = [(profile_id, asked) for profile_id, listed in ASKED.items() for asked in listed]


@cache
def load_once(profile_id: str) -> LoadedProfile:
    return load(profile_id)


@pytest.mark.parametrize("profile_id", ASKED)
def test_every_document_type_of_the_standard_is_there(profile_id: str) -> None:
    loaded = load_once(profile_id)
    assert sorted(document.id for document in loaded.profile.documents) == sorted(item.id for item in ASKED[profile_id])
    assert check_rules(loaded) == []


@pytest.mark.parametrize(("profile_id", "asked"), DOCUMENTS, ids=[f"{name}-{asked.id}" for name, asked in DOCUMENTS])
def test_a_document_is_what_the_standard_asks_for(profile_id: str, asked: Asked) -> None:
    loaded = load_once(profile_id)
    assert describe(loaded, asked.id) == asked
    document = find(loaded, asked.id)
    assert document.responsible is not None
    assert document.dated is not None
