/* read_motion.c - distances, speeds and times; work that is done together. */
#include "plugins/calculator/questions/read.h"

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define PLACES "(甲,乙| A,B|东,西|)(两地|两站|两城|两车站|两市)"
#define TWO "(甲,乙|)(两车|两人|两列火车|两辆汽车|两列车|二人|两艘轮船|)"
#define TOWARDS "(相向而行|相对开出|相向开出|相对而行|出发,相向而行|出发相向而行|相向出发|同时出发,相向而行|同时出发相向而行)"
#define MOVES "(的速度是|的速度为|速度为|速度是|以|)"
#define ZHCAR "(一辆|一列|一)(汽车|客车|货车|轿车|卡车|火车|公共汽车|小汽车)"
#define CAR "(a|one) (car|bus|train|truck|cyclist|driver|van|motorcycle|plane|runner|man|boy|girl|woman|hiker|bicycle|cyclist)"
#define ASKT "(几|多少|经过几|经过多少|经过多长){u:unit}(后|)"
#define HOWLONG "how (long|many {u:unit}) (does|will) (it|the (car|bus|train|truck|cyclist|driver|boat)) take (to|for it to)"

const struct family read_motion[] = {
    { .id = "time for a distance", .formula = "s\\div v", .conds = "s>0, v>0", .dims = "s:l v:v", .unit = ">t", .text = "distance {s}, speed {v}, find the time", .patterns = P(
        PLACES "(之间|)(的|)(相距|距离是|距离为|的距离是|的距离为|的路程是|的路程为){q:s}," ZHCAR "(以|){z:v}(的速度|)从(甲地| A地)(开往|驶往|驶向|到|去往|前往|出发去|开到)(乙地| B地),(需要|需|要|用)(多少|几){u:unit}(到达|才能到达|可以到达|)",
        ZHCAR "(以|){z:v}(的速度|)(行驶|行){q:s},(需要|需|要)(多少|几){u:unit}",
        CAR " (travels|drives|rides|moves|runs|walks|flies|goes) at (a (constant |steady |)speed of |){z:v}," HOWLONG " (travel|cover|go|drive|ride|run|walk) {q:s}",
        HOWLONG " (travel|cover|go|drive|ride) {q:s} at (a (constant |steady |)speed of |){z:v}") },
    { .id = "distance for a time", .formula = "v*t", .conds = "v>0, t>0", .dims = "v:v t:t", .unit = ">l", .text = "speed {v}, time {t}, find the distance", .patterns = P(
        ZHCAR "(以|){z:v}(的速度|)(行驶|行|开)(了|){q:t},(一共|共|)(可以|)(行驶|行|开)(了|)多少{u:unit}",
        CAR " (travels|drives|rides|moves|runs|walks|flies|goes) at (a (constant |steady |)speed of |){z:v} for {q:t},(how (far|many {u:unit}) does (it|he|she|the (car|bus|train|cyclist|driver)) (travel|go|drive|ride)|what distance does it cover|find the distance (travelled|traveled|covered))",
        "how far does " CAR " (travel|go|drive) in {q:t} at (a speed of |){z:v}") },
    { .id = "speed from distance and time", .formula = "s\\div t", .conds = "s>0, t>0", .dims = "s:l t:t", .unit = "?km/h", .text = "distance {s} in time {t}, find the speed", .patterns = P(
        ZHCAR "{q:t}(行驶|行)(了|){q:s},(求|)(它的|汽车的|火车的|这辆汽车的|)(平均|)速度(是|)(多少|)({u:unit}|)",
        CAR " (travels|drives|rides|goes|covers|runs|walks) {q:s} in {q:t},(what is|find) (its|his|her|the) (average |)speed( of the (car|bus|train|cyclist)|)( in {u:unit}|)") },
    { .id = "same speed, distance", .formula = "s*u\\div t", .conds = "s>0, t>0, u>0", .dims = "s:l t:t u:t", .unit = "s", .text = "{s} in {t}, at the same speed, find the distance in {u}", .patterns = P(
        ZHCAR "{q:t}(行驶|行|行了|行驶了){q:s},(照这样(的速度|)(计算|)|以同样的速度|按照这样的速度),{q:u}(可以|能|可|)(行驶|行)(多少){u:unit}",
        CAR " (travels|drives|goes|covers|runs|walks|rides) {q:s} in {q:t},(at the same (speed|rate)|at this (speed|rate)),how (far|many {u:unit}) (will|does|can|would) (it|he|she) (travel|go|cover|drive|run|walk|ride) in {q:u}") },
    { .id = "same speed, time", .formula = "u*t\\div s", .conds = "s>0, t>0, u>0", .dims = "s:l t:t u:l", .unit = "t", .text = "{s} in {t}, at the same speed, find the time for {u}", .patterns = P(
        ZHCAR "{q:t}(行驶|行|行了|行驶了){q:s},(照这样(的速度|)(计算|)|以同样的速度|按照这样的速度),(行驶|行){q:u}(需要|需|要)(多少|几){u:unit}",
        CAR " (travels|drives|goes|covers|runs|walks|rides) {q:s} in {q:t},(at the same (speed|rate)|at this (speed|rate)),how (long|many {u:unit}) (will|does|would) it take to (travel|go|cover|drive|run|walk|ride) {q:u}") },
    { .id = "meeting, time", .formula = "s\\div(a+b)", .conds = "s>0, a>0, b>0", .dims = "s:l a:v b:v", .unit = ">t", .text = "{s} apart, towards each other at {a} and {b}, find the time to the meeting", .patterns = P(
        TWO "(同时|)从相距{q:s}的(甲,乙| A,B|)两地(同时|)" TOWARDS ",(已知|)(甲车|甲|客车|快车|一辆|一列|一车)" MOVES "{z:a},(乙车|乙|货车|慢车|另一辆|另一列|另一车)" MOVES "{z:b}," ASKT "(两车|两人|两列火车|他们|)(相遇|可以相遇|能相遇|能够相遇)",
        PLACES "相距{q:s},(甲,乙|)(两车|两人|两列火车)(分别|)(同时|)从(甲,乙| A,B|)两地(同时|)" TOWARDS ",(甲车|甲|客车|快车)" MOVES "{z:a},(乙车|乙|货车|慢车)" MOVES "{z:b}," ASKT "(两车|两人|)(相遇|可以相遇|能相遇)",
        "two (cars|trains|cyclists|buses|people|friends|trucks) start at the same time from (two |)(towns|cities|places|points|stations|villages) {q:s} apart and (drive|travel|ride|move|walk|run|head) (towards|toward) each other at (speeds of |){z:a} and {z:b},(after how (long|many {u:unit}) (do|will) they meet|how (long|many {u:unit}) (does|will) it take (them to meet|until they meet|for them to meet|before they meet))",
        "two (cars|trains|cyclists|buses|trucks) are {q:s} apart and (start at the same time,driving|travel|drive|move|head) (towards|toward) each other at (speeds of |){z:a} and {z:b},(after how (long|many {u:unit}) (do|will) they meet|how (long|many {u:unit}) (does|will) it take (them to meet|until they meet|for them to meet|before they meet))") },
    { .id = "meeting, other speed", .formula = "s\\div t-a", .conds = "s>0, a>0, t>0, s\\div t>a", .dims = "s:l a:v t:t", .unit = "a", .text = "{s} apart, towards each other, meeting after {t}, one at {a}, find the other speed", .patterns = P(
        PLACES "相距{q:s},甲车从( A地|甲地),乙车从( B地|乙地)同时(出发,|出发|)" TOWARDS ",{q:t}后(两车|)相遇,(已知|)甲车" MOVES "{z:a},(求乙车的速度|乙车的速度是多少({u:unit}|))",
        PLACES "相距{q:s},甲车从( A地|甲地),乙车从( B地|乙地)同时(出发,|出发|)" TOWARDS ",{q:t}后(两车|)相遇,(已知|)乙车" MOVES "{z:a},(求甲车的速度|甲车的速度是多少({u:unit}|))",
        PLACES "相距{q:s},(甲,乙|)两车(分别|)(同时|)从(甲,乙| A,B|)两地(同时|)" TOWARDS ",{q:t}后(两车|)相遇,(已知|)甲(车|)" MOVES "{z:a},(求乙(车|)的速度|乙(车|)(的速度是|每小时行|每小时行驶)多少{u:unit})",
        TWO "(同时|)从相距{q:s}的(甲,乙| A,B|)两地(同时|)" TOWARDS ",{q:t}后(两车|)相遇,(已知|)甲(车|)" MOVES "{z:a},求乙(车|)的速度") },
    { .id = "meeting, distance", .formula = "(a+b)*t", .conds = "a>0, b>0, t>0", .dims = "a:v b:v t:t", .unit = ">l", .text = "towards each other at {a} and {b}, meeting after {t}, find the distance", .patterns = P(
        TWO "(同时|)从(甲,乙| A,B|)两地(同时|)" TOWARDS ",(甲车|甲|客车|快车)" MOVES "{z:a},(乙车|乙|货车|慢车)" MOVES "{z:b},(经过|)(,|){q:t}(后|)(两车|两人|)相遇,(求|)(A,B|甲,乙|)两地(相距|之间的距离(是|)|的距离(是|)|间的距离(是|))(多少{u:unit}|)") },
    { .id = "apart in opposite directions", .formula = "(a+b)*t", .conds = "a>0, b>0, t>0", .dims = "a:v b:v t:t", .unit = ">l", .text = "away from each other at {a} and {b} for {t}, find the distance", .patterns = P(
        TWO "(同时|)从(同一地点|同一地|同一车站)(同时|)(出发,|出发|)(背向而行|相背而行|反向而行|向相反方向(行驶|而行|走)),(甲车|甲)" MOVES "{z:a},(乙车|乙)" MOVES "{z:b},{q:t}后(两车|两人|)相距多少{u:unit}",
        "two (cars|trains|cyclists|buses|people|planes) (leave|start from) the same (station|town|place|point|city|airport) at the same time in opposite directions at (speeds of |){z:a} and {z:b},how (far apart|many {u:unit} apart) (are they|will they be) after {q:t}") },
    { .id = "apart in opposite directions, speeds first", .formula = "(a+b)*t", .conds = "a>0, b>0, t>0", .dims = "a:v b:v t:t", .unit = ">l", .text = "away from each other at {a} and {b} for {t}, find the distance", .patterns = P("two (cars|trains|cyclists|buses|people|planes) leave the same (station|town|place|point|city|airport) at the same time at {z:a} and {z:b} in opposite directions,how (far apart|many {u:unit} apart) (are they|will they be) after {q:t}") },
    { .id = "apart in one direction", .formula = "|a-b|*t", .conds = "a>0, b>0, t>0", .dims = "a:v b:v t:t", .unit = ">l", .text = "in one direction at {a} and {b} for {t}, find the distance", .patterns = P("two (cars|trains|cyclists|buses|people|planes) leave the same (station|town|place|point|city|airport) at the same time (at (speeds of |){z:a} and {z:b} in the same direction|in the same direction at (speeds of |){z:a} and {z:b}),how (far apart|many {u:unit} apart) (are they|will they be) after {q:t}") },
    { .id = "average speed, halves of the time", .formula = "(a+b)\\div 2", .conds = "a>0, b>0", .dims = "a:v b:v", .unit = "a", .text = "half the time at {a}, half the time at {b}, find the average speed", .patterns = P(CAR " (drives|travels|goes|rides) (for |)the first half of the time at {z:a} and (for |)the second half of the time at {z:b},(find|what is) (its|his|her|the) average speed( in {u:unit}|)", "(某人|一辆汽车|一人|{p:x})前一半时间的速度(是|为){z:a},后一半时间的速度(是|为){z:b},(求|)(他|它|)(全程的|)平均速度(是多少({u:unit}|)|)") },
    { .id = "average speed, halves of the way", .formula = "2*a*b\\div(a+b)", .conds = "a>0, b>0", .dims = "a:v b:v", .unit = "a", .text = "half the way at {a}, half the way at {b}, find the average speed", .patterns = P(CAR " (drives|travels|goes|rides) (for |)the first half of the (distance|way|journey) at {z:a} and (for |)the second half (of the (distance|way|journey) |)at {z:b},(find|what is) (its|his|her|the) average speed( in {u:unit}|)", "(某人|一辆汽车|一人|{p:x})前一半路程的速度(是|为){z:a},后一半路程的速度(是|为){z:b},(求|)(他|它|)(全程的|)平均速度(是多少({u:unit}|)|)") },
    { .id = "catching up, gap", .formula = "s\\div(b-a)", .conds = "s>0, a>0, b>a", .dims = "s:l a:v b:v", .unit = ">t", .text = "a lead of {s}, at {a}, followed at {b}, find the time to catch up", .patterns = P(
        "甲在乙(的|)前面{q:s}(处|),(两人|)同时同向(出发|而行|行走),甲" MOVES "{z:a},乙" MOVES "{z:b},(乙|)" ASKT "(乙|)(能|可以|)追上甲") },
    { .id = "catching up, gap (s)", .formula = "s\\div(b-a)", .conds = "s>0, a>0, b>a", .dims = "s:l a:v b:v", .unit = ">t", .text = "a lead of {s}, at {a}, followed at {b}, find the time to catch up", .patterns = P(
        "a (thief|rabbit|boy|girl|robber) runs at {z:a} and a (policeman|police officer|dog|fox) {q:s} behind (him|it|her) runs at {z:b},how (long|many {u:unit}) (does|will) it take (the (policeman|police officer|dog|fox)) to catch (the (thief|rabbit|boy|girl|robber)|up)") },
    { .id = "catching up, head start", .formula = "a*t\\div(b-a)", .conds = "t>0, a>0, b>a", .dims = "t:t a:v b:v", .unit = "t", .text = "one leaves {t} earlier at {a}, followed at {b}, find the time to catch up", .patterns = P(
        "{p:x}" MOVES "{z:a},(他|她|)出发{q:t}(后|以后),{p:y}(骑车|骑自行车|开车|)(从同一地点|从同一地方|)(出发,|)以{z:b}的速度(去|)(追|追赶)({p:x}|他|她),(几|多少){u:unit}(后|)(能|可以|可|才能|)追上({p:x}|)") },
    { .id = "there and back (en)", .formula = "2*a*b\\div(a+b)", .conds = "a>0, b>0", .dims = "a:v b:v", .unit = "a", .text = "there at {a}, back at {b} by the same way, find the average speed", .patterns = P("(a|one) (man|woman|boy|girl|student|cyclist|hiker) (walks|cycles|drives|runs|rides) to (work|school|town|the station|a village) at {z:a} and (returns|comes back|walks back) (home |)(along|by|on) the same (road|route|way|path) at {z:b},(what is|find) (his|her|the) average speed for the (whole|round|entire) (journey|trip)") },
    { .id = "train over (en)", .formula = "(l+b)\\div v", .conds = "l>0, b>0, v>0", .dims = "l:l b:l v:v", .unit = ">t", .text = "train {l} long, {b} to cross, at {v}, find the time to cross completely", .patterns = P("a train {q:l} long (crosses|passes) a (platform|bridge|tunnel) {q:b} long at {z:v},how (long|many {u:unit}) does it take to (cross|pass) (it |)completely") },
    { .id = "train past a pole", .formula = "l\\div v", .conds = "l>0, v>0", .dims = "l:l v:v", .unit = ">t", .text = "train {l} long at {v}, find the time past a point", .patterns = P(
        "一列(长{q:l}的火车|火车长{q:l},)(以|){z:v}(的速度|)(行驶,|行驶|)(经过|通过)(路边|铁路边|铁路旁|)(一根|的一根|的)(电线杆|信号灯|路标)(,|)(需要|需|要)(多少|几){u:unit}",
        "a train {q:l} long (travels|is travelling|is traveling|moves) at {z:v},how (long|many {u:unit}) does it take to pass (a|an electric|a telegraph) (pole|post|signal|tree|standing man)") },
    { .id = "train speed past a pole", .formula = "l\\div t", .conds = "l>0, t>0", .dims = "l:l t:t", .unit = "?m/s", .text = "train {l} long passes a point in {t}, find its speed", .patterns = P(
        "a train {q:l} long passes a (pole|telegraph pole|signal|post|tree) in {q:t},(find|what is) (the|its) speed (of the train|)( in {u:unit}|)",
        "一列长{q:l}的火车(经过|通过)(路边的|)一根电线杆用了{q:t},(求|)(这列|)火车的速度(是多少({u:unit}|)|)") },
    { .id = "train speed over a bridge", .formula = "(l+b)\\div t", .conds = "l>0, b>0, t>0", .dims = "l:l b:l t:t", .unit = "?m/s", .text = "train {l} long crosses {b} completely in {t}, find its speed", .patterns = P(
        "一列(火车长{q:l},|长{q:l}的火车)(,|)(完全|)(通过|穿过|经过|驶过)(一座|一条|)(长|长度为|长为)({q:b})(的|)(大桥|桥|铁桥|隧道|山洞)(,|)(从车头上桥到车尾离桥|完全通过|)(共|一共|)(用了|用|需要|需|用时|花了){q:t},(求|)(这列|该|)(火车|列车|它)(的|)(行驶|)速度(是多少({u:unit}|)|)",
        "a train {q:l} long (takes|needs|requires) {q:t} to (cross|pass|pass over|pass through|go over|go through|completely cross) a (bridge|tunnel|platform) {q:b} long( completely|),(what is|find) (its|the) speed( of the train|)( in {u:unit}|)", "a train {q:l} long (crosses|passes|passes through|completely crosses|completely passes) a (bridge|tunnel|platform) {q:b} long( completely|) in {q:t},(what is|find) (its|the) speed( of the train|)( in {u:unit}|)") },
    { .id = "train over a bridge", .formula = "(l+b)\\div v", .conds = "l>0, b>0, v>0", .dims = "l:l b:l v:v", .unit = ">t", .text = "train {l} long, bridge {b} long, at {v}, find the time to cross completely", .patterns = P(
        "一列(火车长{q:l},|长{q:l}的火车)(以|)(速度为|){z:v}(的速度|)(完全|)(通过|穿过|经过|驶过)(一座|一条|)(长|长度为|长为){q:b}(的|)(大桥|桥|铁桥|隧道|山洞),(从车头(上桥|进桥|上|进入|进)(隧道|桥|大桥|)到车尾(离桥|离开|出|离|完全离开)(隧道|桥|大桥|)(,|)|完全通过|)(共|一共|)(需要|需|要)(多少|几){u:unit}") },
    { .id = "train length from a bridge", .formula = "v*t-b", .conds = "v>0, t>0, b>0, v*t>b", .dims = "v:v t:t b:l", .unit = "b", .text = "a train at {v} crosses a bridge of {b} in {t}, find its length", .patterns = P(
        "一列火车(完全|)(通过|穿过|经过)(一座|一条)(长|长为){q:b}的(大桥|桥|隧道)(用了|需要|用|共用){q:t},(已知|)火车的速度(是|为){z:v},(求|)(火车|这列火车)的(长度|长)(是多少({u:unit}|)|)") },
    { .id = "two trains passing", .formula = "(l+k)\\div(a+b)", .conds = "l>0, k>0, a>0, b>0", .dims = "l:l k:l a:v b:v", .unit = ">t", .text = "trains {l} and {k} long, towards each other at {a} and {b}, find the time from first meeting to parting", .patterns = P(
        "两列火车(分别长|长分别为|长分别是){q:l}(和|、|与|,){q:k},速度分别(为|是){z:a}(和|、|与|,){z:b},(两车|)(相向而行|相对开来),从车头相遇到车尾(相离|离开|错开)(需要|需|要)(多少|几){u:unit}",
        "two trains {q:l} and {q:k} long (travel|run) (towards|toward) each other (on parallel tracks |)at {z:a} and {z:b},how (long|many {u:unit}) does it take (them |)to pass each other completely") },
    { .id = "boat, downstream time", .formula = "s\\div(v+w)", .conds = "s>0, v>w, w>0", .dims = "s:l v:v w:v", .unit = ">t", .text = "boat {v} in still water, current {w}, find the time for {s} downstream", .patterns = P(
        "(一艘|一只)(轮船|船|小船|汽艇)在静水中的速度(是|为){z:v},(水流速度|水流的速度|水速)(是|为){z:w},(它|这艘船|)(顺流|顺水)(航行|行驶|而下){q:s}(需要|需|要)(多少|几){u:unit}",
        "a boat (travels|moves|goes) at {z:v} in still water and the (current|stream) (flows|runs|moves) at {z:w},how (long|many {u:unit}) does it take to (travel|go|row) {q:s} downstream") },
    { .id = "boat, upstream time", .formula = "s\\div(v-w)", .conds = "s>0, v>w, w>0", .dims = "s:l v:v w:v", .unit = ">t", .text = "boat {v} in still water, current {w}, find the time for {s} upstream", .patterns = P(
        "(一艘|一只)(轮船|船|小船|汽艇)在静水中的速度(是|为){z:v},(水流速度|水流的速度|水速)(是|为){z:w},(它|这艘船|)(逆流|逆水)(航行|行驶|而上){q:s}(需要|需|要)(多少|几){u:unit}",
        "a boat (travels|moves|goes) at {z:v} in still water and the (current|stream) (flows|runs|moves) at {z:w},how (long|many {u:unit}) does it take to (travel|go|row) {q:s} upstream") },
    { .id = "speed of the current", .formula = "(a-b)\\div 2", .conds = "a>b, b>0", .dims = "a:v b:v", .unit = "a", .text = "downstream {a}, upstream {b}, find the speed of the current", .patterns = P(
        "(一艘|一只)(轮船|船|小船)顺(水|流)(航行|)(的速度是|的速度为|){z:a},逆(水|流)(航行|)(的速度是|的速度为|){z:b},(求|)(水流的速度|水流速度|水速)(是多少({u:unit}|)|)") },
    { .id = "speed in still water", .formula = "(a+b)\\div 2", .conds = "a>b, b>0", .dims = "a:v b:v", .unit = "a", .text = "downstream {a}, upstream {b}, find the speed in still water", .patterns = P(
        "(一艘|一只)(轮船|船|小船)顺(水|流)(航行|)(的速度是|的速度为|){z:a},逆(水|流)(航行|)(的速度是|的速度为|){z:b},(求|)(船|轮船|它|)在静水中的速度(是多少({u:unit}|)|)") },
    { .id = "average speed of two stretches", .formula = "(a*t+b*u)\\div(t+u)", .conds = "a>0, b>0, t>0, u>0", .dims = "a:v b:v t:t u:t", .unit = "a", .text = "{t} at {a}, then {u} at {b}, find the average speed", .patterns = P(
        CAR " (travels|drives|rides|goes|runs) (at {z:a} for {q:t} and then at {z:b} for {q:u}|for {q:t} at {z:a} and then for {q:u} at {z:b}),(what is|find) (its|his|her|the) average speed( (for|over|of) the (whole|entire|total) (journey|trip|time|distance)|)",
        ZHCAR "前{n:t}小时{z:a},后{n:u}小时{z:b},(求|)(它|汽车|这辆汽车|)全程的平均速度(是多少({u:unit}|)|)") },
    { .id = "average speed of all hours", .formula = "(a*t+b*u)\\div(t+u)", .conds = "a>0, b>0, t>0, u>0, n=t+u", .dims = "a:v b:v t:t u:t", .unit = "a", .text = "{t} at {a}, then {u} at {b}, find the average speed", .patterns = P(
        ZHCAR "前{n:t}小时{z:a},后{n:u}小时{z:b},(求|)(它|汽车|这辆汽车|)这{i:n}小时的平均速度(是多少({u:unit}|)|)") },
    { .id = "average speed there and back", .formula = "2*a*b\\div(a+b)", .conds = "a>0, b>0", .dims = "a:v b:v", .unit = "a", .text = "there at {a}, back at {b} by the same way, find the average speed", .patterns = P(
        "(从|)" PLACES "(之间|)(的|)(相距|距离(是|为)|路程(是|为)|公路长){q:s}," ZHCAR "(从(甲地| A地)(开往|到|驶往|去)(乙地| B地)(,|)|从(甲地| A地)出发(,|)|)(去时|去的时候|)(以|)(的|)(速度(为|是)|){z:a}(的速度|)(从(甲地| A地)(开往|到|驶往|去|驶向)(乙地| B地)|开往(乙地| B地)|到(乙地| B地)|),(又|再|然后|)(返回时|回来时|返回的时候|)(以|)(速度(为|是)|){z:b}(的速度|)((沿原路|按原路|原路|)(返回|回到)(甲地| A地|)|),(求|)(这辆汽车|汽车|它|)(往返|全程|往返全程|往返一次|整个行程|来回)(的|)平均速度(是多少({u:unit}|)|)",
        "({p:x}|某人|一个人|一辆汽车)(上学时|去时|去的时候|从家到学校(时|)|去学校时|从家去学校(时|))(,|)(以|的速度是|速度是|){z:a}(的速度|),(沿原路|按原路|原路)(返回|回家|回来)(时|的时候|)(,|)(以|的速度是|速度是|){z:b}(的速度|),(求|)(他|她|它|汽车|)(往返|全程|来回)(的|)平均速度(是多少({u:unit}|)|)", "({p:x}|某人|一辆汽车)(往返于甲,乙两地(之间|)|在甲,乙两地(之间|)往返)(,|)(去时|去的时候)(以|的速度是|速度是|){z:a}(的速度|),(返回|回来)(时|的时候|)(,|)(以|的速度是|速度是|){z:b}(的速度|),(求|)(他|她|它|汽车|)(往返|全程|来回)(的|)平均速度(是多少({u:unit}|)|)",
        "((two|the) (towns|cities|places|villages) (A and B |)are {q:s} apart|the distance between (two|the) (towns|cities|places|villages) is {q:s}|(towns |cities |)A and B are {q:s} apart)," CAR " (drives|travels|goes|rides|walks|cycles) (there|from (A to B|one (town|city) to the other)) at {z:a} and (returns|comes back|drives back|travels back|goes back|rides back|back) at {z:b},(what is|find|calculate) (its|the|his|her) average speed( (for|over|of) the (round|whole|entire) (trip|journey)|)",
        CAR " (drives|travels|goes|rides|walks|cycles) (to (a|the) (town|city|village|place|station|school|park|lake) |to (work|school|town) |there |from A to B )at {z:a} and (returns|comes back|drives back|travels back|rides back|walks back|goes back) (home |to A |)(along|by|on|over) the same (road|route|way|path) at {z:b},(what is|find|calculate) (its|the|his|her) average speed( (for|over|of) the (round|whole|entire) (trip|journey)|)",
        "({p:x}|某人|一个人)上(山|坡)的速度(是|为){z:a},(沿原路|按原路|原路)(下(山|坡)|返回)的速度(是|为){z:b},(求|)(他|她|)(上山和下山|往返|上,下山|全程|上坡和下坡|上下山)的平均速度(是多少({u:unit}|)|)",
        ZHCAR "(以|){z:a}(的速度|)从(甲地| A地)(开往|到|驶往)(乙地| B地),(又|再|然后|)(以|){z:b}(的速度|)(沿原路|按原路|原路)返回(甲地| A地|),(求|)(这辆汽车|汽车|它|)(往返|全程|往返全程)的平均速度(是多少({u:unit}|)|)",
        CAR " (drives|travels|goes|rides) from (A to B|one (town|city) to another|home to (work|school)) at {z:a} and (returns|comes back) (along|by|on) the same (road|route|way) at {z:b},(what is|find) (its|the|his|her) average speed for the (round|whole|entire) (trip|journey)") },

    /* ---- work ---- */
#define TOGETHER "(甲,乙|)(两人|两队|二人|)(合作|合做|一起做|共同做|同时做),(需要|需|要|)(多少|几){u:unit}(可以|能|可|)(完成|做完|)(这项工程|这项工作|)"
    { .id = "work together", .formula = "a*b\\div(a+b)", .conds = "a>0, b>0", .dims = "a:t b:t", .unit = "a", .text = "alone {a} and {b}, find the time together", .patterns = P(
        "一(项|件|个)(工程|工作|任务),甲(队|)单独(做|完成)(需要|需|要|){q:a}(完成|),乙(队|)(单独|)(做|完成)(需要|需|要|){q:b}(完成|),(如果|若|现在|)" TOGETHER,
        "(甲单独做|甲队单独做)一(项|件)(工程|工作)(需要|需|要){q:a}(完成|),(乙|乙队)单独做(需要|需|要){q:b}(完成|),(如果|若|)" TOGETHER,
        "一个(水池|水箱)有甲,乙两个(进水管|水管),(单开|单独开)甲(管|){q:a}(可以|可|)(注满|灌满)(水池|),(单开|单独开)乙(管|){q:b}(可以|可|)(注满|灌满)(水池|),(两管|)同时(开|打开|开放),(需要|需|)(几|多少){u:unit}(可以|可|能|)(注满|灌满)(水池|全池|)",
        "{w:x} can (paint|clean|mow|build|do|finish|complete|type|dig) {w:d} {w:o} in {q:a} and {w:y} can (paint|clean|mow|build|do|finish|complete|type|dig) (it|{w:d} (same |){w:o}|the same {w:o}) in {q:b},how (long|many {u:unit}) (will|would|does) it take (them|both of them|the two of them) (to (paint|clean|mow|build|do|finish|complete|type|dig) (it|the {w:o}) (together|working together)|(working |)together(,| )to (paint|clean|mow|build|do|finish|complete|type|dig) (it|the {w:o})|if they work together|working together)",
        "(one|pump A|pipe A|tap A|the first (pipe|tap|pump)) (can fill|fills) a (tank|pool|cistern) in {q:a} and (another|pump B|pipe B|tap B|the second (pipe|tap|pump)|a second (pipe|tap|pump)) (can fill|fills) it in {q:b},how (long|many {u:unit}) (will|does|would) it take (both (pipes|taps|pumps)|them) (together |)to fill (it|the (tank|pool|cistern))( together|)(if both are open|)") },
    { .id = "three work together", .formula = "1\\div(1\\div a+1\\div b+1\\div g)", .conds = "a>0, b>0, g>0", .dims = "a:t b:t g:t", .unit = "a", .text = "alone {a}, {b} and {g}, find the time together", .patterns = P(
        "一(项|件|个)(工程|工作|任务),甲(队|)单独(做|完成)(需要|需|要|){q:a}(完成|),乙(队|)(单独|)(做|完成)(需要|需|要|){q:b}(完成|),丙(队|)(单独|)(做|完成)(需要|需|要|){q:g}(完成|),(甲,乙,丙|)三(人|队)合(作|做),(需要|需|要|)(多少|几){u:unit}(可以|能|)(完成|)",
        "A,B(,|) and C can (do|finish|complete) a (job|piece of work) (alone |)in {q:a},{q:b}(,|) and {q:g} respectively,how (long|many {u:unit}) (will|does) it take (them|all three) (working |)together") },
    { .id = "work, the other alone", .formula = "a*t\\div(a-t)", .conds = "t>0, a>t", .dims = "a:t t:t", .unit = "a", .text = "together {t}, one alone {a}, find the other alone", .patterns = P(
        "一(项|件)(工程|工作),甲,乙(两人|两队|)合(作|做)(需要|需|){q:t}(完成|),(如果|若|)(甲|甲队)单独(做|完成)(需要|需|要|){q:a}(完成|),(如果|若|那么|)(乙|乙队)单独(做|完成)(需要|需|要)(多少|几){u:unit}(完成|)",
        "working together,two (pumps|pipes|taps|workers|machines) (fill|can fill|finish|can finish) a (pool|tank|job) in {q:t},the first (pump|pipe|tap|worker|machine) alone (takes|needs) {q:a},how (long|many {u:unit}) (does|will|would) the second (pump|pipe|tap|worker|machine) alone (take|need)") },
    { .id = "work, one begins", .formula = "(1-t\\div a)\\div(1\\div a+1\\div b)", .conds = "a>0, b>0, t>0, t<a", .dims = "a:t b:t t:t", .unit = "a", .text = "alone {a} and {b}; the first works {t} alone, then both, find the time of both", .patterns = P(
        "一(项|件)(工程|工作),甲(队|)单独(做|完成)(需要|需|要|){q:a}(完成|),乙(队|)单独(做|完成)(需要|需|要|){q:b}(完成|),(现在|)甲(队|)先(单独|)做{q:t}(后|),(剩下的|余下的|其余的|剩下的工程|剩下的工作)(由|)(甲,乙|)(两人|两队)合(作|做),还(需要|需|要)(几|多少){u:unit}(才能|可以|)(完成|)") },
    { .id = "emptying together", .formula = "a*b\\div(a+b)", .conds = "a>0, b>0", .dims = "a:t b:t", .unit = "a", .text = "alone {a} and {b}, find the time together", .patterns = P("pump A can (empty|drain) a (pool|tank) in {q:a} and pump B can (empty|drain) it in {q:b},how (long|many {u:unit}) will it take both pumps (working |)together to (empty|drain) the (pool|tank)") },
    { .id = "filling and draining", .formula = "a*b\\div(b-a)", .conds = "a>0, b>a", .dims = "a:t b:t", .unit = "a", .text = "fills in {a}, empties in {b}, find the time to fill with both open", .patterns = P(
        "(一个水池,|)(单开|)进水管{q:a}(可|可以)(将|把)空池注满,(单开|)(出水管|排水管){q:b}(可|可以)(将|把)满池(的|)水(放完|排完|放空),(两管|进水管和出水管|如果两管)同时(打开|开),(几|多少){u:unit}(可|可以|能)(将|把)空池注满",
        "a (tap|pipe) can fill a (tank|pool|cistern) in {q:a} and a (drain|second pipe|leak|waste pipe) can empty it in {q:b},if both are open(ed|)(at the same time|),how (long|many {u:unit}) (will|does) it take to fill the (empty |)(tank|pool|cistern)") },
    { .id = "workers and days", .formula = "a*t\\div b", .conds = "a>0, b>0, t>0", .dims = "t:t", .unit = "t", .text = "{a} workers need {t}, find the time of {b}", .patterns = P(
        "(if |){i:a} {w:x} can (finish|complete|do) a {w:o} in {q:t},how (many {u:unit}|long) will {i:b} {w:x} take to (finish|complete|do) the same {w:o}", "{i:a} {w:x} can (build|dig|paint|finish|complete|do|repair) a (wall|ditch|house|job|road|task|piece of work) in {q:t},how (many {u:unit}|long) (will|would|does) it take {i:b} {w:x} (working |)(at the same (rate|speed|pace)) (to (build|dig|paint|finish|complete|do|repair) (it|the same (wall|job|ditch|task))|)",
        "{i:a}(个|名|位)工人{q:t}(可以|可|能)完成一项(工程|工作),(如果|若|)(每人|每个工人)(的|)工作效率(相同|一样),{i:b}(个|名|位)工人(需要|需|要)(多少|几){u:unit}(完成|)") },
    { .id = "machines and output", .formula = "n*b*u\\div(a*t)", .conds = "a>0, b>0, t>0, u>0, n>0", .dims = "t:t u:t", .unit = "", .text = "{a} machines make {n} in {t}, find the output of {b} in {u}", .patterns = P(
        "{i:a}(台|部){w:x}{q:t}(生产|加工|织布)(了|){n:n}{c:m}{w:o},(照这样计算|照这样|按这样的效率),{i:b}(台|部){w:x}{q:u}(可以|能|可|)(生产|加工|织布)多少{c:m}{w:o}",
        "{i:a} machines (make|produce) {n:n} {w:o} in {q:t},at the same rate,how many {w:o} (do|can|will) {i:b} machines (make|produce) in {q:u}") },
    { .id = NULL },
};
