import signal
import socket
import urllib.request
from pathlib import Path
from urllib.error import URLError

from registry.home import Home
from registry.jobs import Zone
from registry.worker import loop
from tests.factories import programs
from tests.factories.terminal import Terminal


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def loaded(process_id: int) -> str:
    """The names of the files that a process and its children have in memory."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    maps = Path(f"/proc/{process_id}/maps").read_text()
    return maps + "".join(loaded(int(child)) for child in children)


def is_at_work(home: Home) -> bool:
    with loop.lock(home, frozenset({Zone.WORKER})) as is_free:
        return not is_free


def test_the_pages_answer_and_a_worker_stands_beside_them_until_both_are_told_to_end(bare_home: Home) -> None:
    port = programs.free_port()
    with programs.running(bare_home.settings.home, "serve", "--port", str(port)) as process:
        programs.wait_until(lambda: answers(port) and is_at_work(bare_home))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=programs.PATIENCE_SECONDS)
    assert (process.returncode, out) == (0, "")
    assert f"http://127.0.0.1:{port}/" in err
    assert not is_at_work(bare_home)


def test_the_web_process_has_no_detector_and_no_picture_library_in_memory(bare_home: Home) -> None:
    port = programs.free_port()
    with programs.running(bare_home.settings.home, "serve", "--no-worker", "--port", str(port)) as process:
        programs.wait_until(lambda: answers(port))
        assert not is_at_work(bare_home)
        libraries = loaded(process.pid)
    assert "/site-packages/pydantic_core/" in libraries
    assert [name for name in ("/cv2/", "dlib", "openvino") if name in libraries] == []


def test_a_home_that_does_not_exist_is_not_served(tmp_path: Path) -> None:
    assert Terminal(tmp_path).run("serve", "--port", "0").code == 3


def test_a_port_that_is_taken_is_said_and_nothing_is_left_behind(bare_home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = Terminal(bare_home.settings.home).run("serve", "--port", port)
    assert done.code == 8
    assert done.err == f"accession: Nobody can listen on 127.0.0.1:{port} here: Address already in use.\n"
    assert not is_at_work(bare_home)


def test_a_host_that_is_none_of_ours_is_said(bare_home: Home) -> None:
    assert Terminal(bare_home.settings.home).run("serve", "--host", "192.0.2.1", "--port", "0").code == 8
