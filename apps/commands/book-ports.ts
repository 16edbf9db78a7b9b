/** What commands about many contacts, their tags and their history take and answer. */
import type { ContactKind, DuplicateField } from "../core/contacts/contact.ts";
import type { ContactFilter } from "../store/reads/contact-filter.ts";
import type { BaseCriterion } from "../store/tables-duplicates.ts";

/** Which contacts: these, or all that match and that the asker reaches. */
export type ContactSelection = { ids: string[] } | { ids?: undefined; filter: ContactFilter };

/** Whose records are compared (DUP-02); null among the owners: nobody's. */
export type DuplicateScope = "own" | "all" | { ownerIds: (string | null)[] };

interface OfMany {
  contacts: ContactSelection;
  /** How many contacts it is expected to be; another number of them is refused. */
  confirm?: number | undefined;
}

/** name → [arguments, answer]. */
export interface BookCommands {
  /** Names that are not there yet become new tags (TAG-03). */
  "tag.assign": [
    OfMany & { names: string[]; tagIds: string[] },
    { contacts: number; assigned: number; tagIds: string[] },
  ];
  /** Off every contact that has it, an agent's request off the agent's own (TAG-04, TAG-07). */
  "tag.delete": [{ id: string }, { contacts: number }];
  /** `nested`: people whose organisation is not among them, and who stay as they are (OWN-04). */
  "book.pass": [OfMany & { ownerId: string | null }, { contacts: number; passed: number; nested: number }];
  "book.delete": [OfMany, { deleted: number }];
  "duplicates.find": [
    {
      scope: DuplicateScope;
      kinds: ContactKind[];
      fields: DuplicateField[];
      base: BaseCriterion;
    },
    { id: string },
  ];
  "duplicates.choose": [
    { id: string; number: number; baseId?: string | undefined; selectedIds?: string[] | undefined },
    Record<string, never>,
  ];
  /** The selected ones; `confirm`: how many they are. `recordingsHeld`: a legal hold keeps these. */
  "duplicates.delete": [{ id: string; confirm: number }, { deleted: number; recordingsHeld: number }];
  "duplicates.merge": [{ id: string; confirm: number }, { merged: number }];
  "history.comment": [{ contactId: string; text: string }, { id: string }];
  "history.edit": [{ contactId: string; id: string; text: string }, Record<string, never>];
}
