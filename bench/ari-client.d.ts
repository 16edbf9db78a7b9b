/** ari-client has types of its own kind at run time only; the bench uses it as its examples do. */
declare module "ari-client";
