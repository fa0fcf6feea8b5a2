# client: libqwenclient and qwenctl; each part lists its sources in a .mk of its own.
include client/lib.mk
include client/ctl/model/local.mk
include client/ctl/local.mk
