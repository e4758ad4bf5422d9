"""The Chinese page in a real browser: what the service says is Chinese on it."""

from __future__ import annotations

import re
from typing import Any, get_args

from messages import Message, render
from simulator.study.result_json import split_answer
from solver import Algorithm
from tests.app.server import Server

NAMES = {*get_args(Algorithm), "tiered", "overload_rate", "overcrowded_share", "Holm", "Gate-5C"}


def test_nothing_on_a_sweep_that_is_done_stays_english(
    visits: Any, service: Server, done: list[str]
) -> None:
    page = visits(service, locale="zh-CN").open(f"/sweeps/{done[1]}")
    result = service.client.get(f"/experiments/{done[1]}").json()["result"]

    assert page.locator("main [lang=en]").all_inner_texts() == []
    assert page.locator("#findings li").all_inner_texts() == [
        render(Message.from_mapping(each), "zh")
        for each in (
            *(
                conclusion
                for conclusion in result["conclusion_messages"][:-1]
                if conclusion not in result["finding_messages"]
            ),
            *result["finding_messages"],
        )
    ]
    answers = split_answer(Message.from_mapping(result["answer"]))
    assert page.locator("#verdict .sentence li").all_inner_texts() == [
        render(each, "zh") for each in answers
    ]
    text = " ".join(page.locator("#figures figcaption, #figures svg text").all_text_contents())
    assert "鲸鱼上限 k" in text
    rest = re.sub("|".join(sorted(NAMES, key=len, reverse=True)), "", text)
    assert {*re.findall(r"[A-Za-z]{2,}", rest.replace("H5C", ""))} == set()
    for caption in page.locator("#figures figcaption span").all_inner_texts():
        assert re.findall(r"[一-鿿]\w|[\w%][一-鿿]", caption, re.ASCII) == [], caption
