"""The hub's questions to the web server: one line for many of them, another when that is gone, and no answer made up."""

import asyncio
import json

import pytest

from sojourn.live.pages import NoRows, Pages
from tests.support.live import in_own_loop

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n" + b'{"rows":[],"n":1}'


class Server:
    """Answers each request with the next of its answers; None hangs up instead."""

    def __init__(self, *answers):
        self.answers, self.asked, self.lines = list(answers), [], 0

    async def serve(self, reader, writer):
        self.lines += 1
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(request.split()[1].decode())
                answer = self.answers.pop(0)
                if answer is None:
                    break
                writer.write(answer)
        except asyncio.IncompleteReadError:
            pass
        writer.close()


def ask(server, *questions):
    """Put these one after another; gives what each found, or what was wrong."""

    found = []

    async def story():
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        pages = Pages(f"http://127.0.0.1:{port}", "practice.example", "word")
        for question in questions:
            try:
                found.append(await pages.rows(question))
            except NoRows as wrong:
                found.append(wrong)
        listening.close()

    in_own_loop(story())
    return found


def test_many_questions_need_one_line():
    server = Server(GOOD, GOOD, GOOD)
    assert ask(server, ["a"], ["b", "c"], ["d"]) == [{"rows": [], "n": 1}] * 3
    assert server.lines == 1
    assert server.asked[1].endswith("rows/?v=b&v=c")


def test_a_line_that_is_gone_is_made_anew_and_the_question_put_again():
    server = Server(GOOD, None, GOOD)
    assert ask(server, ["a"], ["b"]) == [{"rows": [], "n": 1}] * 2
    assert server.lines == 2
    assert [each[-3:] for each in server.asked] == ["v=a", "v=b", "v=b"]


def test_a_line_that_the_server_closes_is_not_kept():
    closing = GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    server = Server(closing, GOOD)
    assert ask(server, ["a"], ["b"]) == [{"rows": [], "n": 1}] * 2
    assert server.lines == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<br>",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        None,
    ],
)
def test_what_is_no_answer_gives_no_rows_and_the_next_question_is_put_anew(answer):
    server = Server(answer, GOOD)
    wrong, found = ask(server, ["a"], ["b"])
    assert isinstance(wrong, NoRows)
    assert found == json.loads('{"rows": [], "n": 1}')
