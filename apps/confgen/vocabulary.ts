/**
 * The dialplan's applications and functions, and the module that brings each (see asterisk-conf/modules.conf).
 * An empty module: Asterisk's core.
 */
export const APPLICATIONS: Readonly<Record<string, string>> = {
  ...{
    Answer: "",
    Background: "",
    WaitExten: "",
    Goto: "",
    GotoIf: "",
    GotoIfTime: "",
    ExecIfTime: "",
    Hangup: "",
    NoOp: "",
    MSet: "",
    Set: "",
  },
  ...{ Ringing: "", Progress: "", SayDigits: "", Wait: "" },
  ...{
    Dial: "app_dial.so",
    Queue: "app_queue.so",
    MixMonitor: "app_mixmonitor.so",
    Record: "app_record.so",
    ExecIf: "app_exec.so",
  },
  ...{ Gosub: "app_stack.so", GosubIf: "app_stack.so", Return: "app_stack.so", Playback: "app_playback.so" },
  ...{ SoftHangup: "app_softhangup.so", CELGenUserEvent: "app_celgenuserevent.so", AGI: "res_agi.so" },
  ...{ Stasis: "app_stasis.so", MusicOnHold: "res_musiconhold.so", StartMusicOnHold: "res_musiconhold.so" },
  ...{ StopMusicOnHold: "res_musiconhold.so" },
  ...{ Bridge: "", ChannelRedirect: "app_channelredirect.so", ConfBridge: "app_confbridge.so" },
  ...{ ConfKick: "app_confbridge.so", ChanSpy: "app_chanspy.so", Echo: "app_echo.so" },
  ...{ PlayTones: "app_playtones.so", AMD: "app_amd.so", WaitForSilence: "app_waitforsilence.so" },
};

export const FUNCTIONS: Readonly<Record<string, string>> = {
  ...{
    CALLERID: "func_callerid.so",
    CHANNEL: "func_channel.so",
    CUT: "func_cut.so",
    FILTER: "func_strings.so",
  },
  ...{ DEVICE_STATE: "func_devstate.so", GROUP: "func_groupcount.so", GROUP_COUNT: "func_groupcount.so" },
  HANGUPCAUSE_KEYS: "func_hangupcause.so",
  ...{ TRYLOCK: "func_lock.so", LOCK: "func_lock.so", UNLOCK: "func_lock.so", IF: "func_logic.so" },
  ...{
    IFTIME: "func_logic.so",
    TIMEOUT: "func_timeout.so",
    GLOBAL: "func_global.so",
    MASTER_CHANNEL: "func_channel.so",
    LEN: "func_strings.so",
    STRFTIME: "func_strings.so",
  },
  ...{ CHANNELS: "func_channel.so", CHANNEL_EXISTS: "func_channel.so", CONFBRIDGE_INFO: "app_confbridge.so" },
  ...{ FIELDQTY: "func_strings.so", FIELDNUM: "func_strings.so", SHIFT: "func_strings.so" },
  ...{ TOLOWER: "func_strings.so", TOUPPER: "func_strings.so", PJSIP_HEADER: "res_pjsip_header_funcs.so" },
};
