/** Time zones of countries other than Russia, Kazakhstan and North America; as in zones-data.ts. */

/** Calling codes of all other countries (ITU E.164), from IANA's zone.tab. */
export const WORLD = `
Africa/Cairo 20
Africa/Johannesburg 27 266 268
Africa/Casablanca 212
Africa/Algiers 213
Africa/Tunis 216
Africa/Tripoli 218
Africa/Abidjan 220 221 222 223 224 225 226 228 231 232 233 239 245 247 290 354
Africa/Lagos 227 229 234 235 236 237 240 241 242 244
Africa/Kinshasa+Africa/Lubumbashi 243
Africa/Maputo 250 257 258 260 263 265 267
Africa/Juba 211
Africa/Khartoum 249
Africa/Windhoek 264
Africa/Nairobi 251 252 253 254 255 256 261 269 291
Atlantic/Cape_Verde 238
Indian/Mauritius 230 248
Indian/Chagos 246
Indian/Reunion+Indian/Mayotte 262
America/Aruba 297 599
Atlantic/Faroe 298
America/Nuuk+America/Scoresbysund+America/Thule+America/Danmarkshavn 299
Europe/Athens 30
Europe/Amsterdam 31
Europe/Brussels 32
Europe/Paris 33 376 377
Europe/Madrid+Atlantic/Canary 34
Europe/Budapest 36
Europe/Rome 39 378
Europe/Bucharest 40
Europe/Zurich 41
Europe/Vienna 43
Europe/London 44
Europe/Copenhagen 45
Europe/Stockholm 46
Europe/Oslo 47
Europe/Warsaw 48
Europe/Berlin 49
Europe/Gibraltar 350
Europe/Lisbon+Atlantic/Azores 351
Europe/Luxembourg 352
Europe/Dublin 353
Europe/Tirane 355
Europe/Malta 356
Asia/Nicosia 357
Europe/Helsinki 358
Europe/Sofia 359
Europe/Vilnius 370
Europe/Riga 371
Europe/Tallinn 372
Europe/Chisinau 373
Asia/Yerevan 374
Europe/Minsk 375
Europe/Kyiv 380
Europe/Belgrade 381 382 383 385 386 387 389
Europe/Prague 420 421
Europe/Vaduz 423
Atlantic/Stanley 500
America/Belize 501
America/Guatemala 502
America/El_Salvador 503
America/Tegucigalpa 504
America/Managua 505
America/Costa_Rica 506
America/Panama 507
America/Miquelon 508
America/Port-au-Prince 509
America/Lima 51
America/Cancun+America/Mexico_City+America/Mazatlan+America/Hermosillo+America/Tijuana+America/Matamoros+America/Ciudad_Juarez 52
America/Havana 53
America/Argentina/Buenos_Aires 54
America/Noronha+America/Sao_Paulo+America/Manaus+America/Rio_Branco 55
America/Santiago+America/Punta_Arenas+Pacific/Easter 56
America/Bogota 57
America/Caracas 58
America/Puerto_Rico 590 596
America/La_Paz 591
America/Guyana 592
America/Guayaquil+Pacific/Galapagos 593
America/Cayenne 594
America/Asuncion 595
America/Paramaribo 597
America/Montevideo 598
Asia/Kuala_Lumpur 60
Australia/Sydney+Australia/Brisbane+Australia/Adelaide+Australia/Darwin+Australia/Perth+Australia/Lord_Howe+Indian/Cocos 61
Asia/Jakarta+Asia/Makassar+Asia/Jayapura 62
Asia/Manila 63
Pacific/Auckland+Pacific/Chatham 64
Asia/Singapore 65
Asia/Bangkok 66
Asia/Dili 670
Pacific/Norfolk+Antarctica/Casey+Antarctica/Davis+Antarctica/Mawson 672
Asia/Brunei 673
Pacific/Nauru 674
Pacific/Port_Moresby+Pacific/Bougainville 675
Pacific/Tongatapu 676
Pacific/Guadalcanal 677
Pacific/Efate 678
Pacific/Fiji 679
Pacific/Palau 680
Pacific/Wallis 681
Pacific/Rarotonga 682
Pacific/Niue 683
Pacific/Apia 685
Pacific/Tarawa+Pacific/Kanton+Pacific/Kiritimati 686
Pacific/Noumea 687
Pacific/Funafuti 688
Pacific/Tahiti+Pacific/Marquesas+Pacific/Gambier 689
Pacific/Fakaofo 690
Pacific/Chuuk+Pacific/Pohnpei 691
Pacific/Majuro 692
Asia/Tokyo 81
Asia/Seoul 82
Asia/Ho_Chi_Minh 84
Asia/Shanghai 86
Asia/Pyongyang 850
Asia/Hong_Kong 852
Asia/Macau 853
Asia/Phnom_Penh 855
Asia/Vientiane 856
Asia/Dhaka 880
Asia/Taipei 886
Europe/Istanbul 90
Asia/Kolkata 91
Asia/Karachi 92
Asia/Kabul 93
Asia/Colombo 94
Asia/Yangon 95
Indian/Maldives 960
Asia/Beirut 961
Asia/Amman 962
Asia/Damascus 963
Asia/Baghdad 964
Asia/Kuwait 965
Asia/Riyadh 966
Asia/Aden 967
Asia/Muscat 968
Asia/Hebron 970
Asia/Dubai 971
Asia/Jerusalem 972
Asia/Bahrain 973
Asia/Qatar 974
Asia/Thimphu 975
Asia/Ulaanbaatar+Asia/Hovd 976
Asia/Kathmandu 977
Asia/Tehran 98
Asia/Dushanbe 992
Asia/Ashgabat 993
Asia/Baku 994
Asia/Tbilisi 995
Asia/Bishkek 996
Asia/Tashkent 998`;
