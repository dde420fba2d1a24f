"""How soon people see something in Slack, what Docent itself adds, and whether a crowd is answered once each.

``python -m benchmarks.slack``: against a Slack and a chat model on loopback ports, the model at a fixed pace,
with a real index of the sample pages. Each question's times are taken where Slack is: from the moment its
event is sent to the arrival of the calls it causes.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.platforms import PacedModel, indexed, show

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from openai_double import OpenAIDouble
from services import service, slack_environment
from slack_double import BOT, SlackDouble

QUESTIONS = 30
CROWD = 50
DELIVERIES = 300
ASKED = f"<@{BOT}> how is data stored, number"


async def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = await indexed(Path(name))
        async with SlackDouble() as slack, OpenAIDouble() as double:
            paced = PacedModel()
            double.script = [paced] * 10_000
            environment = slack_environment(
                slack, DOCENT_LLM__BASE_URL=double.url, DOCENT_LIMITS__QUESTIONS_PER_MINUTE="10000"
            )
            async with service(folder, "--only", "slack", **environment) as running:
                await running.said("slack: ready.")
                print("| what | figure |\n| --- | --- |")
                await one_by_one(slack, paced)
                await crowd(slack, paced)
                await repeated(slack)


async def one_by_one(slack: SlackDouble, paced: PacedModel) -> None:
    """Questions with nothing else going on."""
    signs, overheads, wholes = [], [], []
    for number in range(QUESTIONS):
        before = len(slack.calls())
        ts = await slack.says("U_ANN", "C_GENERAL", f"{ASKED} {number}?")
        sent = slack.sent()[-1].attempts[0].at
        await slack.answered("C_GENERAL", ts, timeout=60)
        calls = slack.calls()[before:]
        signs.append(next(call.at for call in calls if "setStatus" in call.method) - sent)
        overheads.append(paced.asked[-1] - sent)
        wholes.append(max(call.at for call in calls) - sent)
    show("first visible sign, p50 / p95", signs)
    show("own overhead before the model is asked, p50 / p95", overheads)
    show("whole answer (model without pause), p50 / p95", wholes)


async def crowd(slack: SlackDouble, paced: PacedModel) -> None:
    """Many at once."""
    del paced
    start = time.perf_counter()
    asked = [await slack.says("U_ANN", "C_GENERAL", f"{ASKED} {number} of many?") for number in range(CROWD)]
    await asyncio.gather(*(slack.answered("C_GENERAL", ts, timeout=120) for ts in asked))
    took = time.perf_counter() - start
    await slack.idle()
    answers = [len(slack.answers("C_GENERAL", ts)) for ts in asked]
    once = sum(count == 1 for count in answers)
    print(
        f"| {CROWD} mentions at once: answered once each, seconds for all | {once} of {CROWD}, {took:.1f} |"
    )


async def repeated(slack: SlackDouble) -> None:
    """One event, again and again."""
    ts = await slack.says("U_ANN", "C_GENERAL", f"{ASKED} again?")
    await slack.redelivers(slack.sent()[-1], times=DELIVERIES - 1)
    await slack.answered("C_GENERAL", ts, timeout=60)
    await slack.idle()
    print(f"| {DELIVERIES} deliveries of one event: answers | {len(slack.answers('C_GENERAL', ts))} |")


if __name__ == "__main__":
    asyncio.run(main())
