/** What commands about the contact base take. */
import type { ContactKind } from "../core/contacts/contact.ts";

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
}
