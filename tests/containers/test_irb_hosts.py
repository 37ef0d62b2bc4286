from creditline.containers.irb_hosts import Host, edited, hosts, read
from creditline.containers.splice import Found
from creditline.model.picture import Block
from creditline.structures import photoshop_irb as irb

OTHER = irb.resource(0x03ED, b"res!")


def stream(*iims: bytes, other: bool = True) -> bytes:
    return irb.serialise([*(irb.resource(irb.IIM, iim) for iim in iims), *([OTHER] if other else [])])


def test_read() -> None:
    """A stream is one photoshop block, and one iptc block for each IIM that holds anything."""
    blocks = read(stream(b"one!", b"", b"two!"), "APP13@20")

    assert ["photoshop", "iptc", "iptc"] == [block.carrier for block in blocks]
    assert "APP13@20/8BIM:0404" == blocks[1].location


def test_read_of_a_cut_stream() -> None:
    """A cut IIM makes both blocks unreadable, never absent."""
    blocks = read(stream(b"one!")[:14], "APP13@20")

    assert [("photoshop", "truncated"), ("iptc", "truncated")] == [
        (block.carrier, block.problem and block.problem.code) for block in blocks
    ]


def test_read_past_the_limit() -> None:
    """Where not all resources were read, no absence of IPTC is claimed."""
    blocks = read(irb.serialise([OTHER]) * (irb.MAX_RESOURCES + 1), "APP13@20")

    assert {("photoshop", "limit"), ("iptc", "limit")} == {
        (block.carrier, block.problem and block.problem.code) for block in blocks
    }


def test_records_behind_a_wrong_size() -> None:
    """An IIM resource said to be empty, its records behind it as junk: there, and unreadable."""
    empty = irb.serialise([irb.resource(irb.IIM, b"")])
    records = b"\x1c\2\x50\0\3Ann"

    for tail in (records, b"junk" + irb.serialise([irb.resource(irb.IIM, records)])):
        assert [("iptc", "irb_broken")] == [
            (block.carrier, block.problem and block.problem.code) for block in read(empty + tail, "APP13@20")[1:]
        ]


def test_hosts() -> None:
    """IPTC inside a stream has no place of its own."""
    found = [
        Found(Block("photoshop", "APP13@20", b"s"), (1,)),
        Found(Block("iptc", "APP13@20/8BIM:0404", b"i"), (1,)),
        Found(Block("iptc", "APP13@90", b"b"), (2,)),
    ]

    assert [Host(b"s", bare=False, units=(1,)), Host(b"b", bare=True, units=(2,))] == hosts(found)


def test_edits() -> None:
    """Records go to where records are, in order; without a place a new stream is made."""
    places = [Host(stream(b"one!"), bare=False, units=(1,)), Host(b"bare", bare=True, units=(2,))]

    assert ([stream(b"one!"), b"bare"], []) == edited(places, None, None)
    assert ([stream(b"uno!"), b"due!"], []) == edited(places, None, [b"uno!", b"due!"])
    assert ([stream(b"uno!"), b""], []) == edited(places, None, [b"uno!"])
    assert ([stream(), b""], []) == edited(places, None, [])
    assert ([stream(b"a...", b"c..."), b"b..."], []) == edited(places, None, [b"a...", b"b...", b"c..."])
    assert ([], [stream(b"new!", other=False)]) == edited([], None, [b"new!"])


def test_streams_and_records_together() -> None:
    """A named stream comes first, named records then go into it; without the stream, into a new one."""
    places = [Host(stream(b"one!"), bare=False, units=(1,))]

    assert ([stream(b"mine")], []) == edited(places, [stream(b"mine")], None)
    assert ([stream(b"rec!")], []) == edited(places, [stream(b"mine")], [b"rec!"])
    assert ([b""], [stream(b"rec!", other=False)]) == edited(places, [], [b"rec!"])
    assert ([b""], []) == edited(places, [], None)
    assert ([stream(b"1...")], [stream(b"2...")]) == edited(places, [stream(b"1..."), stream(b"2...")], None)
