"""The documentation as a person meets it: in a browser, without any other host."""

from urllib.parse import urlsplit

import httpx
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

METHODS = {"get", "post", "put", "patch", "delete"}


def test_every_operation_stands_on_the_page(page: Page, address: str) -> None:
    paths = httpx.get(f"{address}/openapi.json").json()["paths"]
    operations = sum(len(METHODS & set(path)) for path in paths.values())

    page.goto(f"{address}/docs")

    expect(page.locator(".opblock")).to_have_count(operations)


def test_nothing_is_loaded_from_another_host(page: Page, address: str) -> None:
    hosts = set[str]()

    def note(request: Request) -> None:
        if not request.url.startswith("data:"):
            hosts.add(urlsplit(request.url).netloc)

    page.on("request", note)

    page.goto(f"{address}/docs", wait_until="networkidle")

    assert hosts == {urlsplit(address).netloc}


def test_the_page_has_nothing_to_complain_about(page: Page, address: str) -> None:
    complaints = list[str]()

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{address}/docs", wait_until="networkidle")

    assert complaints == []


def test_a_question_asked_on_the_page_is_answered(page: Page, address: str) -> None:
    page.goto(f"{address}/docs")
    question = page.locator(".opblock-post").filter(has=page.locator('[data-path="/v1/plans"]'))
    question.locator(".opblock-summary-control").click()
    question.get_by_role("button", name="Try it out").click()
    question.locator("textarea").fill(
        '{"dataset_size": 20000, "global_batch_size": 100, "epochs": 1}'
    )

    question.get_by_role("button", name="Execute").click()

    answer = question.locator(".live-responses-table .response")
    expect(answer).to_contain_text('"total_steps": 200')


def test_every_worked_example_runs_as_it_is(page: Page, address: str) -> None:
    page.goto(f"{address}/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    blocks = page.locator(".opblock").all()

    statuses = [status_of_worked_example(block) for block in blocks]

    assert statuses == ["200"] * len(blocks)


def status_of_worked_example(block: Locator) -> str:
    """Press "Try it out" and "Execute", and change nothing in between."""
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    status = block.locator(".live-responses-table .response .response-col_status").first
    status.wait_for()
    shown: str = status.inner_text()
    return shown.split(maxsplit=1)[0]
