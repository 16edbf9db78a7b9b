/**
 * Which column of a file is which field (IMP-11): recognised by its heading, in Russian and English, and how a person may
 * change that.
 */

/** A field that a column can fill; `name` is a person's, `organisation` that of the organisation around it. */
export const IMPORT_FIELDS = [
  "organisation",
  "name",
  "position",
  "phones",
  "emails",
  "city",
  "industry",
  "site",
  "inn",
  "kpp",
  "description",
  "tags",
] as const;

export type ImportField = (typeof IMPORT_FIELDS)[number];

/** What each column fills, from left to right; null: it is not imported. */
export type Mapping = readonly (ImportField | null)[];

/** What a person reads over a column. */
export const FIELD_TITLES: Readonly<Record<ImportField | "none", { ru: string; en: string }>> = {
  organisation: { ru: "Организация", en: "Organisation" },
  name: { ru: "ФИО", en: "Full name" },
  position: { ru: "Должность", en: "Position" },
  phones: { ru: "Телефон", en: "Phone" },
  emails: { ru: "E-mail", en: "E-mail" },
  city: { ru: "Город", en: "City" },
  industry: { ru: "Сфера деятельности", en: "Field of activity" },
  site: { ru: "Сайт", en: "Site" },
  inn: { ru: "ИНН", en: "INN" },
  kpp: { ru: "КПП", en: "KPP" },
  description: { ru: "Описание", en: "Description" },
  tags: { ru: "Теги", en: "Tags" },
  none: { ru: "Не импортировать", en: "Do not import" },
};

/** Several columns may fill these: lists grow, names and descriptions are put together. */
const MANY: ReadonlySet<ImportField> = new Set(["name", "phones", "emails", "tags", "description"]);

/** Without one of these there is nobody to load. */
const NAMING: readonly ImportField[] = ["organisation", "name", "phones", "emails"];

const HEADINGS: Readonly<Record<ImportField, string>> = {
  organisation: `организация,компания,фирма,предприятие,контрагент,название,наименование,название организации,
    название компании,наименование организации,наименование компании,наименование контрагента,полное наименование,
    юр лицо,юридическое лицо,название организация,имя организация,organisation,organization,company,firm,company name,
    organisation name,organization name,name organisation,name organization,account,account name,organisations`,
  name: `фио,ф и о,имя,полное имя,фамилия имя отчество,фамилия и имя,фамилия имя,контакт,контактное лицо,имя контакта,
    фио контакта,фио контактного лица,клиент,имя клиента,фио клиента,name,full name,contact,contact name,contact person,
    person,customer,customer name,client,client name,fio`,
  position: "должность,position,job title,job,post,title,role",
  phones: `телефон,телефоны,тел,номер,номер телефона,номера телефонов,контактный телефон,мобильный,мобильный телефон,
    моб,моб тел,моб телефон,сотовый,сотовый телефон,рабочий телефон,раб тел,домашний телефон,городской телефон,
    дополнительный телефон,доп телефон,телефон мобильный,телефон рабочий,телефон домашний,телефон контакта,
    телефон организации,phone,phones,phone number,phone numbers,telephone,tel,mobile,mobile phone,mobile number,cell,
    cell phone,work phone,home phone,other phone,number,msisdn`,
  emails: `email,e mail,emails,e mails,mail,почта,эл почта,электронная почта,электронный адрес,адрес электронной почты,
    имейл,емейл,email адрес,e mail адрес,email address,e mail address,mail address`,
  city: "город,населенный пункт,city,town,location",
  industry: "сфера деятельности,сфера,отрасль,вид деятельности,field of activity,industry,activity,sector",
  site: "сайт,веб сайт,вебсайт,интернет сайт,адрес сайта,site,web site,website,web,url,www,homepage",
  inn: "инн,inn,tin,tax id,taxpayer number",
  kpp: "кпп,kpp",
  description: `описание,комментарий,комментарии,примечание,примечания,заметка,заметки,description,comment,comments,note,
    notes,remark,remarks`,
  tags: "тег,теги,тэг,тэги,метка,метки,ярлык,ярлыки,tag,tags,label,labels",
};

/** Parts of one name, which stand in columns of their own. */
const NAME_PARTS = new Set("фамилия,отчество,surname,last name,first name,patronymic,middle name".split(","));
const GIVEN_NAMES = new Set(["имя", "name", "first name"]);

const FIELD_OF: ReadonlyMap<string, ImportField> = new Map(
  IMPORT_FIELDS.flatMap((field) =>
    HEADINGS[field].split(",").map((heading) => [heading.trim().replace(/\s+/g, " "), field] as const),
  ),
);

/** What each column seems to be; a field that one column fills goes to the first that has its heading. */
export function recogniseHeadings(headings: readonly string[]): Mapping {
  const keys = headings.map(headingKey);
  const inParts = keys.some((key) => NAME_PARTS.has(key));
  const taken = new Set<ImportField>();
  return keys.map((key) => {
    if (inParts && (NAME_PARTS.has(key) || GIVEN_NAMES.has(key))) return "name";
    const field = FIELD_OF.get(key);
    if (field === undefined || (field === "name" && inParts)) return null;
    if (taken.has(field) && (field === "name" || field === "description" || !MANY.has(field))) return null;
    taken.add(field);
    return field;
  });
}

/** `Телефон № 2` and `phone_2` are a telephone as well. */
function headingKey(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/\([^)]*\)/g, " ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/[\s\d]*$|\s*№?\s*\d+\s*$/g, "")
    .trim();
}

/** Which column is mapped wrongly and why; -1: all together. */
interface MappingProblem {
  readonly column: number;
  readonly message: string;
}

/** Whether columns may be mapped so; undefined: they may. */
export function mappingProblem(mapping: Mapping, columns: number): MappingProblem | undefined {
  if (mapping.length !== columns)
    return { column: -1, message: `must have one entry for each of the ${columns} columns` };
  const twice = mapping.findIndex(
    (field, index) => field !== null && !MANY.has(field) && mapping.indexOf(field) < index,
  );
  if (twice >= 0) return { column: twice, message: "another column fills this field already" };
  if (!mapping.some((field) => field !== null && NAMING.includes(field)))
    return { column: -1, message: `one column must be one of ${NAMING.join(", ")}` };
  return undefined;
}

/**
 * Whether a mapping leaves out all telephones though the file has some: nobody of it could be called. Lists without
 * telephones are welcome: they fill in what is known of people (IMP-17).
 */
export function phonesLeftOut(mapping: Mapping, headings: readonly string[]): MappingProblem | undefined {
  if (mapping.includes("phones")) return undefined;
  const column = recogniseHeadings(headings).indexOf("phones");
  if (column < 0) return undefined;
  const message = `«${headings[column]}» holds telephones, without which nobody can be called; map it to phones, or delete it from the file`;
  return { column, message };
}
