/** All commands of one engine. */
import { agentCommands } from "./agents.ts";
import { bookCommands } from "./book.ts";
import { callListCommands } from "./call-lists.ts";
import { callbackCommands } from "./callbacks.ts";
import { callCommands } from "./calls.ts";
import { campaignListCommands } from "./campaign-list.ts";
import { campaignMoveCommands } from "./campaign-moves.ts";
import { campaignCommands } from "./campaigns.ts";
import { contactCommands } from "./contacts.ts";
import { type CommandOptions, createContext } from "./context.ts";
import { conversationCommands } from "./conversations.ts";
import { deferredCommands } from "./deferred.ts";
import { dialTaskCommands } from "./dial-tasks.ts";
import { duplicateCommands } from "./duplicates.ts";
import { forwardingCommands } from "./forwarding.ts";
import type { Handlers } from "./handlers.ts";
import { historyCommands } from "./history.ts";
import { importCommands } from "./imports.ts";
import { keyCommands } from "./keys.ts";
import { lineCommands } from "./lines.ts";
import { listWorkCommands } from "./list-work.ts";
import { menuCommands } from "./menus.ts";
import { noticeCommands } from "./notices.ts";
import { numberCommands } from "./numbers.ts";
import { orderCommands } from "./orders.ts";
import { pbxCommands } from "./pbx.ts";
import { previewCommands } from "./previews.ts";
import { productCommands } from "./products.ts";
import { queueCommands } from "./queues.ts";
import { recordingCommands } from "./recordings.ts";
import { refusalCommands } from "./refusals.ts";
import { scenarioCommands } from "./scenarios.ts";
import { serviceCommands } from "./service.ts";
import { settingCommands } from "./settings.ts";
import { soundCommands } from "./sounds.ts";
import { tariffCommands } from "./tariffs.ts";
import { topicCommands } from "./topics.ts";
import { trunkCommands } from "./trunks.ts";
import { verificationCommands } from "./verifications.ts";
import { webhookCommands } from "./webhooks.ts";

/** Every change that a manager or an agent can make. */
export function createCommands(options: CommandOptions): Handlers {
  const context = createContext(options);
  const changing = {
    ...{ ...agentCommands(context), ...queueCommands(context), ...lineCommands(context) },
    ...{ ...tariffCommands(context), ...menuCommands(context), ...trunkCommands(context) },
    ...{ ...pbxCommands(context), ...numberCommands(context), ...topicCommands(context) },
    ...campaignCommands(context),
  };
  return {
    ...changing,
    ...settingCommands(context, changing),
    ...soundCommands(context),
    ...verificationCommands(context),
    ...forwardingCommands(context),
    ...contactCommands(context),
    ...{ ...bookCommands(context), ...historyCommands(context), ...duplicateCommands(context) },
    ...importCommands(context),
    ...conversationCommands(context),
    ...keyCommands(context),
    ...serviceCommands(context),
    ...webhookCommands(context),
    ...noticeCommands(context),
    ...callCommands(context),
    ...recordingCommands(context),
    ...deferredCommands(context),
    ...dialTaskCommands(context),
    ...callListCommands(context),
    ...listWorkCommands(context),
    ...productCommands(context),
    ...orderCommands(context),
    ...callbackCommands(context),
    ...campaignListCommands(context),
    ...campaignMoveCommands(context),
    ...previewCommands(context),
    ...refusalCommands(context),
    ...scenarioCommands(context),
  };
}
