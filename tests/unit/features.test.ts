import t from "tap";
import { idsOf, provenBy, readLedger } from "../../apps/proof/ledger.ts";
import { countTests, failuresOf, parseTap } from "../../apps/proof/tap.ts";

const RUN = `TAP version 14
# Subtest: ROUTE-05, OWN-10 a known client goes to the owner
    # Subtest: REC-01 and it is recorded
        ok 1 - yes
        not ok 2 - nope
          ---
          diff: |
            --- expected
            not ok 7 - FWD-04 this is text, not a result
          ...
        1..2
    not ok 1 - REC-01 and it is recorded # time=39.362ms
      ---
      at: somewhere
      ...
    ok 2 - FWD-01 forwarding # SKIP no carrier
    # Subtest: SOFT-08 by short number
        ok 1 - a \\# in a title
        1..1
    ok 3 - SOFT-08 by short number # time=0.643ms
    1..3
not ok 1 - ROUTE-05, OWN-10 a known client goes to the owner # time=53.117ms
ok 2 - DIAL-09 later # TODO
# Subtest: MISS-04 nothing is asserted
    1..0
ok 3 - MISS-04 nothing is asserted # time=0.587ms
# Subtest: AGENT-04 states
    ok 1 - LINE-14 a named assertion
    1..1
ok 4 - AGENT-04 states
ok 5 - direct
1..5
`;

t.test("TAP is read as tap writes it", async (t) => {
  const points = parseTap(RUN);
  t.equal(points.length, 5);
  t.same(countTests(points), { passed: 3, failed: 1, skipped: 2 }, "titled tests, not assertions");
  t.same(
    failuresOf(points).map(({ path }) => path),
    ["ROUTE-05, OWN-10 a known client goes to the owner › REC-01 and it is recorded › nope"],
    "only what explains the failure",
  );
  t.match(failuresOf(points)[0]?.detail, /expected/);
  t.equal(points[0]?.children?.[2]?.children?.[0]?.title, "a # in a title");
  t.same(countTests(parseTap("not ok 1 - a crash\n")), { passed: 0, failed: 1, skipped: 0 });
  t.same(
    countTests(parseTap("# Subtest: a\n    # Subtest: b\n        ok 1 - x\n    ok 1 - b\nnot ok 1 - a\n")),
    { passed: 1, failed: 1, skipped: 0 },
    "a broken plan or a timeout around passing tests is a failure",
  );
  t.same(countTests(parseTap("")), { passed: 0, failed: 0, skipped: 0 }, "nothing is not a success");
});

t.test("only a passing test that asserts something proves an entry", async (t) => {
  t.same([...provenBy([parseTap(RUN)])].sort(), ["AGENT-04", "LINE-14", "SOFT-08"]);
  const pass = parseTap("# Subtest: SOFT-08 x\n    ok 1 - y\nok 1 - SOFT-08 x\n");
  const fail = parseTap("# Subtest: SOFT-08 z\n    not ok 1 - y\nnot ok 1 - SOFT-08 z\n");
  t.ok(provenBy([pass]).has("SOFT-08"));
  t.notOk(provenBy([pass, fail]).has("SOFT-08"), "one failing test is enough");
  t.notOk(provenBy([]).has("SOFT-08"));
});

t.test("numbers count at the beginning of a title only", async (t) => {
  t.same(idsOf("ROUTE-05 x"), ["ROUTE-05"]);
  t.same(idsOf("ROUTE-05, OWN-10 x"), ["ROUTE-05", "OWN-10"]);
  t.same(idsOf("ROUTE-05,OWN-10: x"), ["ROUTE-05", "OWN-10"]);
  t.same(idsOf("ROUTE-05 OWN-10 and REC-01 x"), ["ROUTE-05", "OWN-10", "REC-01"]);
  t.same(idsOf("ROUTE-05"), ["ROUTE-05"]);
  t.same(idsOf("not ROUTE-05"), []);
  t.same(idsOf("ROUTE-055 x"), []);
  t.same(idsOf("D-41 x"), [], "an open question is no entry");
  t.same(idsOf("UTC-03 is a zone").length, 1, "whether the ledger knows it is told by npm run features");
});

t.test("the ledger is whole", async (t) => {
  const chapters = readLedger();
  const ids = chapters.flatMap(({ entries }) => entries.map(({ id }) => id));
  t.equal(ids.length, 429);
  t.equal(new Set(ids).size, 429, "no number twice");
  for (const { prefix, entries } of chapters)
    for (const { id, layer, text } of entries) {
      if (!id.startsWith(`${prefix}-`)) t.fail(`${id} is in the chapter ${prefix}`);
      if (!["T", "W", "TW", "O"].includes(layer)) t.fail(`${id}: layer ${layer}`);
      if (text.length === 0 || text.length > 120) t.fail(`${id}: ${text.length} characters`);
    }
});
