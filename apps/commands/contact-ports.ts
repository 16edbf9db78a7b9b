/** What commands about the contact base take. */
import type { ContactKind } from "../core/contacts/contact.ts";
import type { Mapping } from "../core/contacts/headings.ts";
import type { DuplicatePolicy } from "../core/contacts/loading.ts";

export interface ContactFields {
  /** Of a new one; it stays what it is. */
  kind?: ContactKind;
  /** An organisation's name, or a person's full name. */
  name: string;
  position: string | null;
  /** In the order in which they are called, in any spelling. */
  phones: string[];
  /** Of a person of an organisation: the organisation's, whatever is said here (OWN-04). */
  ownerId: string | null;
  /** Makes it a person of this organisation. */
  organisationId?: string | null;
  emails?: string[];
  city?: string | null;
  /** An IANA name; null: the city's, else as the number's region says (D-37). */
  zone?: string | null;
  /** Field of activity. */
  industry?: string | null;
  site?: string | null;
  inn?: string | null;
  kpp?: string | null;
  description?: string | null;
  /** Names; those that are not there yet are made. */
  tags?: string[];
  /** Refuses a new one when a record with the same number or address is there (DUP-13). */
  checkDuplicates?: boolean;
}

/** A file that lies in the data folder, under the name of its import. */
export interface NewImport {
  id: string;
  way: "file" | "stream";
  fileName: string;
  bytes: number;
  /** What the sender says; null: it is found out. */
  format: "csv" | "ndjson" | null;
  encoding: string | null;
  delimiter: string | null;
  /** Of a stream, which begins without being asked again. */
  start?: ImportStart;
}

/** How an import is loaded (IMP-12…IMP-14). */
export interface ImportStart {
  policy: DuplicatePolicy;
  /** Whose the records will be; null: the uploader's. */
  ownerId: string | null;
  /** For everything in the file. */
  tag: string | null;
}

export interface ImportChange {
  /** For each column what it fills; null: not imported. */
  mapping?: Mapping;
  /** Another way to read the file: it is looked at again. */
  encoding?: string;
  delimiter?: string;
}

/** name → [arguments, answer]; part of Commands. */
export interface ContactCommands {
  "contact.create": [ContactFields, { id: string }];
  "contact.change": [{ id: string; change: Partial<ContactFields> }, Record<string, never>];
  "contact.delete": [{ id: string }, Record<string, never>];
  /** IMP-01: the API has left the file in the data folder. */
  "import.create": [NewImport, Record<string, never>];
  "import.change": [{ id: string; change: ImportChange }, Record<string, never>];
  "import.start": [ImportStart & { id: string }, Record<string, never>];
  /** Rows that are loaded stay. */
  "import.cancel": [{ id: string }, Record<string, never>];
}
