/**
 * The time zone of a city (D-37): Russia's cities from about a hundred thousand people and the capitals of its regions,
 * and those of its neighbours. A city that is not here says nothing.
 */

/** IANA zone → cities, Russian and English names. Names that two zones share are left out, such as Железногорск. */
const CITIES: Readonly<Record<string, string>> = {
  "Europe/Kaliningrad": "Калининград Kaliningrad",
  "Europe/Moscow": `Москва Moscow,Санкт-Петербург Saint Petersburg,Петербург St. Petersburg,СПб Sankt-Peterburg,
    Нижний Новгород Nizhny Novgorod,Казань Kazan,Ростов-на-Дону Rostov-on-Don,Воронеж Voronezh,Краснодар Krasnodar,
    Ярославль Yaroslavl,Махачкала Makhachkala,Рязань Ryazan,Пенза Penza,Липецк Lipetsk,Тула Tula,Чебоксары Cheboksary,
    Набережные Челны Naberezhnye Chelny,Курск Kursk,Ставрополь Stavropol,Сочи Sochi,Тверь Tver,Иваново Ivanovo,
    Брянск Bryansk,Белгород Belgorod,Владимир Vladimir,Архангельск Arkhangelsk,Калуга Kaluga,Смоленск Smolensk,
    Череповец Cherepovets,Вологда Vologda,Саранск Saransk,Мурманск Murmansk,Тамбов Tambov,Грозный Grozny,
    Кострома Kostroma,Новороссийск Novorossiysk,Йошкар-Ола Yoshkar-Ola,Таганрог Taganrog,Сыктывкар Syktyvkar,
    Нальчик Nalchik,Шахты Shakhty,Дзержинск Dzerzhinsk,Орёл Oryol,Владикавказ Vladikavkaz,Балашиха Balashikha,
    Подольск Podolsk,Химки Khimki,Мытищи Mytishchi,Королёв Korolyov,Люберцы Lyubertsy,Красногорск Krasnogorsk,
    Электросталь Elektrostal,Коломна Kolomna,Одинцово Odintsovo,Домодедово Domodedovo,Серпухов Serpukhov,
    Зеленоград Zelenograd,Великий Новгород Veliky Novgorod,Псков Pskov,Петрозаводск Petrozavodsk,
    Северодвинск Severodvinsk,Рыбинск Rybinsk,Армавир Armavir,Майкоп Maykop,Пятигорск Pyatigorsk,
    Кисловодск Kislovodsk,Невинномысск Nevinnomyssk,Черкесск Cherkessk,Элиста Elista,Назрань Nazran,Магас Magas,
    Хасавюрт Khasavyurt,Дербент Derbent,Каспийск Kaspiysk,Старый Оскол Stary Oskol,Волгодонск Volgodonsk,
    Новочеркасск Novocherkassk,Батайск Bataysk,Новочебоксарск Novocheboksarsk,Нижнекамск Nizhnekamsk,
    Альметьевск Almetyevsk,Обнинск Obninsk,Новомосковск Novomoskovsk,Муром Murom,Ковров Kovrov,Арзамас Arzamas,
    Елец Yelets,Мичуринск Michurinsk,Нарьян-Мар Naryan-Mar,Ухта Ukhta,Гатчина Gatchina,Выборг Vyborg`,
  "Europe/Simferopol":
    "Симферополь Simferopol,Севастополь Sevastopol,Керчь Kerch,Евпатория Yevpatoria,Ялта Yalta",
  "Europe/Kirov": "Киров Kirov",
  "Europe/Volgograd": "Волгоград Volgograd,Волжский Volzhsky,Камышин Kamyshin",
  "Europe/Astrakhan": "Астрахань Astrakhan",
  "Europe/Saratov": "Саратов Saratov,Энгельс Engels,Балаково Balakovo",
  "Europe/Ulyanovsk": "Ульяновск Ulyanovsk,Димитровград Dimitrovgrad",
  "Europe/Samara":
    "Самара Samara,Тольятти Tolyatti,Ижевск Izhevsk,Сызрань Syzran,Новокуйбышевск Novokuybyshevsk,Сарапул Sarapul",
  "Asia/Yekaterinburg": `Екатеринбург Yekaterinburg,Челябинск Chelyabinsk,Уфа Ufa,Пермь Perm,Тюмень Tyumen,
    Магнитогорск Magnitogorsk,Оренбург Orenburg,Сургут Surgut,Курган Kurgan,Стерлитамак Sterlitamak,
    Нижний Тагил Nizhny Tagil,Нижневартовск Nizhnevartovsk,Орск Orsk,Каменск-Уральский Kamensk-Uralsky,
    Златоуст Zlatoust,Миасс Miass,Копейск Kopeysk,Салават Salavat,Нефтекамск Neftekamsk,Березники Berezniki,
    Первоуральск Pervouralsk,Тобольск Tobolsk,Нефтеюганск Nefteyugansk,Новый Уренгой Novy Urengoy,
    Ноябрьск Noyabrsk,Ханты-Мансийск Khanty-Mansiysk,Салехард Salekhard`,
  "Asia/Omsk": "Омск Omsk",
  "Asia/Novosibirsk": "Новосибирск Novosibirsk,Бердск Berdsk",
  "Asia/Barnaul": "Барнаул Barnaul,Бийск Biysk,Рубцовск Rubtsovsk,Горно-Алтайск Gorno-Altaysk",
  "Asia/Tomsk": "Томск Tomsk,Северск Seversk",
  "Asia/Novokuznetsk": "Кемерово Kemerovo,Новокузнецк Novokuznetsk,Прокопьевск Prokopyevsk",
  "Asia/Krasnoyarsk": "Красноярск Krasnoyarsk,Норильск Norilsk,Абакан Abakan,Ачинск Achinsk,Кызыл Kyzyl",
  "Asia/Irkutsk": "Иркутск Irkutsk,Братск Bratsk,Ангарск Angarsk,Улан-Удэ Ulan-Ude",
  "Asia/Chita": "Чита Chita",
  "Asia/Yakutsk": "Якутск Yakutsk,Благовещенск Blagoveshchensk",
  "Asia/Vladivostok": `Владивосток Vladivostok,Хабаровск Khabarovsk,Комсомольск-на-Амуре Komsomolsk-on-Amur,
    Уссурийск Ussuriysk,Находка Nakhodka,Артём Artyom,Биробиджан Birobidzhan`,
  "Asia/Sakhalin": "Южно-Сахалинск Yuzhno-Sakhalinsk",
  "Asia/Magadan": "Магадан Magadan",
  "Asia/Kamchatka": "Петропавловск-Камчатский Petropavlovsk-Kamchatsky",
  "Asia/Anadyr": "Анадырь Anadyr",
  "Europe/Minsk": "Минск Minsk,Гомель Gomel,Могилёв Mogilev,Витебск Vitebsk,Гродно Grodno,Брест Brest",
  "Asia/Almaty": "Алматы Almaty,Алма-Ата Alma-Ata,Астана Astana,Караганда Karaganda,Шымкент Shymkent",
  "Asia/Tashkent": "Ташкент Tashkent",
  "Asia/Bishkek": "Бишкек Bishkek",
  "Asia/Dushanbe": "Душанбе Dushanbe",
  "Asia/Yerevan": "Ереван Yerevan",
  "Asia/Baku": "Баку Baku",
  "Asia/Tbilisi": "Тбилиси Tbilisi",
  "Europe/Chisinau": "Кишинёв Chisinau",
};

const ZONES: ReadonlyMap<string, string> = new Map(
  Object.entries(CITIES).flatMap(([zone, cities]) =>
    cities.split(",").flatMap((pair) => {
      const [, russian = "", english = ""] =
        /^\s*([\p{Script=Cyrillic} -]+) ([A-Za-z. -]+)$/u.exec(pair) ?? [];
      return [russian, english].map((name) => [key(name), zone] as const);
    }),
  ),
);

/** IANA name of the zone of this city, as people write it: `г. Орел`, `Nizhny Novgorod`, `Самара, Самарская обл.`. */
export function zoneOfCity(text: string): string | undefined {
  return text
    .split(/[,;()]/)
    .map((part) => ZONES.get(key(part)))
    .find((zone) => zone !== undefined);
}

function key(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^(г(ор(од)?)?|city of)(\.\s*|\s+)/, "")
    .replaceAll("ё", "е")
    .replace(/[\s-]+/g, "-");
}
