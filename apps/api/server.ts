/**
 * The API, written out: what is plugged in, and every group of routes. Thin: it checks the shape, asks the engine
 * or reads a row, and shows it.
 */
import rateLimit from "@fastify/rate-limit";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import websocket from "@fastify/websocket";
import { type FastifyBaseLogger, fastify, LogController } from "fastify";
import { guard } from "./auth.ts";
import { takeNoBody } from "./bodies.ts";
import type { Api, ApiContext } from "./context.ts";
import { describeApi, serveDocs } from "./docs.ts";
import { answerErrors, answerProblem } from "./errors.ts";
import { refuseNul } from "./plain-text.ts";
import { Problem } from "./problem.ts";
import { agentActionRoutes } from "./routes/agent-actions.ts";
import { agentHomeRoutes } from "./routes/agent-home.ts";
import { agentRoutes } from "./routes/agents.ts";
import { auditRoutes } from "./routes/audit.ts";
import { bookRoutes } from "./routes/book.ts";
import { browserPhoneRoutes } from "./routes/browser-phone.ts";
import { callActionRoutes } from "./routes/call-actions.ts";
import { callListRoutes } from "./routes/call-lists.ts";
import { callbackRoutes } from "./routes/callbacks.ts";
import { callRoutes } from "./routes/calls.ts";
import { campaignFigureRoutes } from "./routes/campaign-figures.ts";
import { campaignListRoutes } from "./routes/campaign-list.ts";
import { campaignRoutes } from "./routes/campaigns.ts";
import { completionRoutes } from "./routes/completion.ts";
import { contactExportRoutes } from "./routes/contact-export.ts";
import { contactImportRoutes } from "./routes/contact-imports.ts";
import { contactStreamRoutes } from "./routes/contact-streams.ts";
import { contactRoutes } from "./routes/contacts.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { deferredRoutes } from "./routes/deferred.ts";
import { dialTaskRoutes } from "./routes/dial-tasks.ts";
import { duplicateRoutes } from "./routes/duplicates.ts";
import { historyRoutes } from "./routes/history.ts";
import { keyRoutes } from "./routes/keys.ts";
import { lineRoutes } from "./routes/lines.ts";
import { listWorkRoutes } from "./routes/list-work.ts";
import { menuRoutes } from "./routes/menus.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { noticeRoutes } from "./routes/notices.ts";
import { numberRoutes } from "./routes/numbers.ts";
import { orderActionRoutes } from "./routes/order-actions.ts";
import { orderRoutes } from "./routes/orders.ts";
import { pbxRoutes } from "./routes/pbx.ts";
import { previewRoutes } from "./routes/previews.ts";
import { productRoutes } from "./routes/products.ts";
import { queueRoutes } from "./routes/queues.ts";
import { recordingActionRoutes } from "./routes/recording-actions.ts";
import { recordingRoutes } from "./routes/recordings.ts";
import { refusalRoutes } from "./routes/refusals.ts";
import { scenarioRoutes } from "./routes/scenarios.ts";
import { searchRoutes } from "./routes/search.ts";
import { serviceRoutes } from "./routes/service.ts";
import { settingRoutes } from "./routes/settings.ts";
import { simulationRoutes } from "./routes/simulations.ts";
import { soundRoutes } from "./routes/sounds.ts";
import { statisticsRoutes } from "./routes/statistics.ts";
import { liveStatisticsRoutes } from "./routes/statistics-live.ts";
import { streamRoutes } from "./routes/stream.ts";
import { supervisionRoutes } from "./routes/supervision.ts";
import { tariffRoutes } from "./routes/tariffs.ts";
import { topicRoutes } from "./routes/topics.ts";
import { trunkRoutes } from "./routes/trunks.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { serializerFor, validatorFor } from "./validate.ts";

const BODY_BYTES = 1024 * 1024;
const REQUESTS_PER_MINUTE = 6000;

export interface ServerOptions {
  readonly log: FastifyBaseLogger;
  /** Throws when an answer does not fit its schema; for tests. */
  readonly strict?: boolean;
  readonly requestsPerMinute?: number;
}

/** Builds the server; it listens to nothing yet. @throws Error when a route declares no permission. */
export async function buildServer(context: ApiContext, options: ServerOptions): Promise<Api> {
  const api: Api = fastify({
    bodyLimit: BODY_BYTES,
    // A million contacts over a slow line; headers have a minute, whatever this says.
    requestTimeout: 900_000,
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: options.log,
    schemaController: {
      compilersFactory: {
        // Typed for ajv alone, though any compiler will do.
        buildValidator: (() => validatorFor) as never,
        buildSerializer: () => serializerFor(options.strict ?? false),
      },
    },
    frameworkErrors: (error, _request, reply) => answerProblem(reply, error),
  }).withTypeProvider<TypeBoxTypeProvider>();
  // Only JSON is understood; without this, text/plain would be as well.
  api.removeContentTypeParser("text/plain");
  takeNoBody(api);
  answerErrors(api);
  // Before the guard, which has to know whether a request is a WebSocket.
  await api.register(websocket, { options: { maxPayload: 4096 } });
  guard(api, context);
  await api.register(rateLimit, {
    hook: "preHandler",
    max: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => request.caller?.keyId ?? request.ip,
    errorResponseBuilder: (_request, { after }) =>
      new Problem(429, "too-many-requests", `Too many requests; try again in ${after}.`),
  });
  refuseNul(api);
  await describeApi(api);

  await api.register(async (routes: Api) => {
    serviceRoutes(routes, context);
    keyRoutes(routes, context);
    agentRoutes(routes, context);
    agentActionRoutes(routes, context);
    browserPhoneRoutes(routes, context);
    queueRoutes(routes, context);
    simulationRoutes(routes, context);
    lineRoutes(routes, context);
    menuRoutes(routes, context);
    trunkRoutes(routes, context);
    pbxRoutes(routes, context);
    numberRoutes(routes, context);
    contactRoutes(routes, context);
    contactExportRoutes(routes, context);
    bookRoutes(routes, context);
    historyRoutes(routes, context);
    duplicateRoutes(routes, context);
    searchRoutes(routes, context);
    callRoutes(routes, context);
    conversationRoutes(routes, context);
    supervisionRoutes(routes, context);
    recordingRoutes(routes, context);
    completionRoutes(routes, context);
    callActionRoutes(routes, context);
    topicRoutes(routes, context);
    tariffRoutes(routes, context);
    callbackRoutes(routes, context);
    campaignRoutes(routes, context);
    campaignListRoutes(routes, context);
    campaignFigureRoutes(routes, context);
    previewRoutes(routes, context);
    refusalRoutes(routes, context);
    deferredRoutes(routes, context);
    dialTaskRoutes(routes, context);
    callListRoutes(routes, context);
    listWorkRoutes(routes, context);
    productRoutes(routes, context);
    orderRoutes(routes, context);
    orderActionRoutes(routes, context);
    scenarioRoutes(routes, context);
    settingRoutes(routes, context);
    recordingActionRoutes(routes, context);
    auditRoutes(routes, context);
    // Uploads are understood here and nowhere else.
    await routes.register((uploads: Api) => soundRoutes(uploads, context));
    await routes.register((uploads: Api) => contactImportRoutes(uploads, context));
    await routes.register(async (streams: Api) => contactStreamRoutes(streams, context));
    webhookRoutes(routes, context);
    noticeRoutes(routes, context);
    metricsRoutes(routes, context);
    streamRoutes(routes, context);
    statisticsRoutes(routes, context);
    liveStatisticsRoutes(routes, context);
    agentHomeRoutes(routes, context);
  });
  await serveDocs(api);
  return api;
}
