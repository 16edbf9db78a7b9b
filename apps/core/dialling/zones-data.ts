/**
 * Which time zones a number's plan speaks of. Compiled by hand from public sources and compared, code by code, with
 * the time zones of Google's libphonenumber (map_data.txt), which is not used itself: it is years behind the IANA
 * database (Saratov, Astrakhan, Tomsk, Barnaul), names zones that only look alike (Algeria by Paris), and gives
 * mobile numbers a place that portability and travel have made worthless.
 *
 * Each list: an IANA zone, or several joined with `+` when a code's people may be in either, then the codes.
 */

/** All zones of Russia, one for each offset: where a mobile or service number may be. */
export const RUSSIA_ZONES = [
  "Europe/Kaliningrad",
  "Europe/Moscow",
  "Europe/Samara",
  "Asia/Yekaterinburg",
  "Asia/Omsk",
  "Asia/Krasnoyarsk",
  "Asia/Irkutsk",
  "Asia/Yakutsk",
  "Asia/Vladivostok",
  "Asia/Magadan",
  "Asia/Kamchatka",
] as const;

/**
 * Russia's geographic codes (ABC: 3xx, 4xx, 8xx without 80x) behind +7: the numbering plan of the Russian telephone
 * network, federal law 107-FZ on time with its regional amendments, IANA's zone.tab. +76 and +77 are Kazakhstan's,
 * which has one zone since 1 March 2024.
 */
export const RUSSIA = `
Europe/Kaliningrad 401
Europe/Moscow 471 472 473 474 475 481 482 483 484 485 486 487 491 492 493 494 495 496 498 499
Europe/Moscow 811 812 813 814 815 816 817 818 820 821 831 834 835 836 841 843 847 855
Europe/Moscow 861 862 863 865 866 867 871 872 873 877 878 879
Europe/Kirov 833
Europe/Volgograd 844
Europe/Simferopol 365 869
Europe/Samara 341 846 848
Europe/Ulyanovsk 842
Europe/Saratov 845
Europe/Astrakhan 851
Asia/Yekaterinburg 342 343 345 346 347 349 351 352 353
Asia/Omsk 381
Asia/Tomsk 382
Asia/Novosibirsk 383
Asia/Novokuznetsk 384
Asia/Barnaul 385 388
Asia/Krasnoyarsk 390 391 394
Asia/Irkutsk 301 395
Asia/Chita 302
Asia/Yakutsk+Asia/Ust-Nera+Asia/Srednekolymsk 411
Asia/Yakutsk 4112 416
Asia/Vladivostok 421 423 426
Asia/Magadan 413
Asia/Sakhalin 424
Asia/Kamchatka 415
Asia/Anadyr 427
Asia/Almaty 6 7`;

/** Codes behind +1, from the North American numbering plan's administrator; a code that spans zones names them all. */
export const NORTH_AMERICA = `
America/New_York 201 202 203 207 212 215 216 220 223 227 229 234 239 240 248 252 260 267 272 276 283 301 302 304 305 313
America/New_York 315 317 321 324 326 329 330 332 336 339 347 351 352 363 380 386 401 404 407 410 412 413 419 434 440
America/New_York 443 445 463 470 472 475 478 484 502 508 513 516 517 518 540 551 561 567 570 571 582 585 586 603 607
America/New_York 609 610 614 616 617 631 640 645 646 656 667 678 679 680 681 689 703 704 706 716 717 718 724 727 728 732
America/New_York 734 740 743 754 757 762 765 770 772 774 781 786 802 803 804 810 813 814 821 826 828 835 838 839 843 845
America/New_York 848 854 856 857 859 860 862 863 864 865 878 904 908 910 912 914 917 919 929 934 937 941 943 947 948 954
America/New_York 959 973 978 980 984 989
America/New_York+America/Chicago 219 270 364 423 574 606 812 850 448 906 930
America/Chicago 205 210 214 217 218 224 225 228 235 251 254 256 262 274 281 309 312 314 316 318 319 320 325 327 331 334
America/Chicago 337 346 353 361 402 405 409 414 417 430 447 464 469 479 501 504 507 512 515 531 534 539 557 563 572 573
America/Chicago 580 601 608 612 615 618 629 630 636 641 651 659 660 662 682 708 712 713 715 726 730 731 737 763 769 773
America/Chicago 779 806 815 816 817 830 832 847 870 872 901 903 913 918 920 931 936 938 940 945 952 956 972 975 979 985
America/Chicago+America/Denver 308 605 620 701 785 432
America/Denver 303 307 385 406 435 505 575 719 720 748 801 915 970 983
America/Phoenix 480 520 602 623
America/Phoenix+America/Denver 928
America/Denver+America/Los_Angeles 208 986 458 541 775
America/Los_Angeles 206 209 213 253 279 310 323 341 350 360 369 408 415 424 425 442 503 509 510 530 559 562 564 619 626
America/Los_Angeles 628 650 657 661 669 702 707 714 725 738 747 760 805 818 820 831 837 840 858 909 916 925 949 951 971
America/Anchorage+America/Adak 907
Pacific/Honolulu 808
America/St_Johns+America/Halifax 709 879
America/Halifax 428 506 782 902
America/Toronto+America/Halifax 367 418 581
America/Toronto 226 249 263 289 343 354 365 382 416 437 438 450 468 514 519 548 579 613 647 683 705 742 753 819 873 905
America/Toronto 942
America/Toronto+America/Winnipeg 807
America/Winnipeg 204 431 584
America/Regina+America/Edmonton 306 474 639
America/Edmonton 368 403 587 780 825
America/Vancouver+America/Edmonton 236 250 257 672 778
America/Vancouver 604
America/Whitehorse+America/Edmonton+America/Winnipeg+America/Toronto 867
America/Puerto_Rico 787 939 340 264 268 246 284 473 664 721 758 767 784 868 869 809 829 849
America/Jamaica 658 876
America/Nassau 242
America/Cayman 345
America/Grand_Turk 649
Atlantic/Bermuda 441
Pacific/Guam 671 670
Pacific/Pago_Pago 684`;

/** Where a +1 number of no known code may be: from Newfoundland to Samoa and Guam. */
export const NORTH_AMERICA_ZONES = [
  "America/St_Johns",
  "America/Halifax",
  "America/New_York",
  "America/Chicago",
  "America/Denver",
  "America/Phoenix",
  "America/Los_Angeles",
  "America/Anchorage",
  "America/Adak",
  "Pacific/Honolulu",
  "Pacific/Pago_Pago",
  "Pacific/Guam",
] as const;
