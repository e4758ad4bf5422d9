### 服务、命令行和页面答复的消息。

## 消息中的值

names_and_more = { $names }等，另有 { $more } 个
alternatives = { LIST($names, "or") }
nothing = 空
no_value = 无
list_of = 长度为 { $count } 的列表
json_object = 对象
array_of = { $type } 数组

## 请求的字段

field_missing = 请求缺少 { $field }。
field_unknown = 请求含有未知字段 { $field }。
object_expected = { $field } 应为 JSON 对象；收到 { $received }。
type_expected =
    { $field } 应为{ $type ->
        [integer] 整数
        [number] 数字
        [finite] 有限数
        [boolean] true 或 false
        [text] 文本
        [list] 列表
       *[uuid]  UUID
    }；收到 { $received }。
bound_expected =
    { $field } 应{ $bound ->
        [above] 大于
        [at_least] 不小于
        [below] 小于
       *[at_most] 不大于
    } { FORMAT($limit, "g") }；收到 { $received }。
choice_expected = { $field } 应为 { LIST($choices, "or") }；收到 { $received }。
length_expected =
    { $field } 的长度应{ $bound ->
        [at_least] 不小于
       *[at_most] 不大于
    } { $length } 个字符；收到 { $received }。
text_with_control_character = { $field } 不得含控制字符；第 { $place } 个字符是 { $character }。
pattern_expected = { $field } 应匹配 { $pattern }；收到 { $received }。
schema_violated = { $field } 应符合其模式（{ $complaint }）；收到 { $received }。

## HTTP 服务

malformed_http = 应为 HTTP 请求（{ $problem }）。
header_too_large = 请求头最多 { $most } 字节（WHALE_MAX_HEADER_BYTES）；收到更多。
too_many_header_fields = 请求头最多 { $most } 个字段；收到更多。
target_too_long = 请求目标最多 { $most } 字节；收到更多。
too_many_pipelined = 在答复之前最多连续发送 { $most } 个请求；收到更多。
header_too_slow = 应在 { FORMAT($seconds, "g") } 秒内收到完整的请求头（WHALE_HEADER_SECONDS）。
body_paused = 应在 { FORMAT($seconds, "g") } 秒内收到请求体的后续部分（WHALE_BODY_SECONDS）。
body_too_slow = 请求体的速度应不低于每秒 { FORMAT($rate, ",.0f") } 字节（WHALE_MIN_BYTES_PER_SECOND）。
too_many_connections = 同时最多 { $most } 个连接（WHALE_MAX_CONNECTIONS）；请稍后重试。
too_many_requests = 每个密钥同时最多 { $most } 个请求（WHALE_MAX_REQUESTS_PER_KEY）；请稍后重试。
key_missing = 缺少密钥，应如 Authorization: Bearer KEY。
key_unknown = 密钥无效。请提供服务已知的密钥，如 Authorization: Bearer KEY。
service_without_keys = 服务可从其他机器访问，但未设置密钥。请设置 WHALE_API_KEYS，或用 whale-matching serve 启动。
foreign_host = 服务未设置密钥，Host 应为 localhost 或本机地址。
foreign_origin = 只接受本服务或 WHALE_CORS_ORIGINS 所列来源的页面的调用；收到 { $received }。
page_of_site = 来自 { $site } 站点的页面
not_from_the_page = 服务未设置密钥，浏览器应发送 JSON 或请求头 { $header }；收到 { $received }。
no_content_type = 没有 Content-Type
unknown_path = 本服务没有路径 { $path }。
wrong_method = 此处应使用 { LIST($allowed, "or") }；收到 { $method }。
unknown_file = 没有名为 { $name } 的文件。
unknown_experiment = 没有 id 为 { $id } 的实验。
client_gone = 客户端在收到答复之前已离开。
internal_error = 服务处理该请求时出错；原因见其日志。
worker_lost = 处理该请求的进程已终止，可能是内存不足。
killed_too_often = 已尝试 { $attempts } 次，每次处理它的进程都被终止，可能是内存不足（WHALE_MAX_ATTEMPTS）。
answer_too_slow = 未能在 { FORMAT($seconds, "g") } 秒内得到结果（{ $setting }）。
drawing_too_slow = 未能在 { FORMAT($seconds, "g") } 秒内完成绘制（WHALE_MAX_REPORT_SECONDS）。
queue_full =
    最多允许 { $most } 个{ $waiting ->
        [requests] 请求等待
       *[experiments] 实验排队
    }（WHALE_MAX_QUEUE）。请稍后重试。
queue_share_used =
    每个密钥最多占用其他密钥所余{ $waiting ->
        [requests] 请求等待
       *[experiments] 实验排队
    }位置的一半；此密钥已占 { $most } 个中的 { $own } 个（WHALE_MAX_QUEUE）。请稍后重试。
experiments_too_large = 实验最多占用 { $most } 字节（WHALE_MAX_DATABASE_BYTES）。请稍后重试。
idempotency_key_reused = 此 Idempotency-Key 已用于另一个请求。
not_ready = 尚未就绪：{ $reasons }。
processes_starting = 进程正在启动
shutting_down = 服务正在关闭
service_stopping = 尚未就绪：服务正在停止。
compiling_kernels = 首次编译 { $kernels } 个内核：{ $percent } %
database_fault =
    { $fault ->
        [full] 数据库的磁盘已满
        [locked] 数据库已锁定
        [read_only] 数据库只读
        [broken] 数据库文件已损坏
        [unopened] 无法打开数据库文件
        [disk] 数据库的磁盘出错或已满
        [failing] 数据库出错
       *[silent] 数据库没有响应
    }
database_unavailable =
    { $fault ->
        [full] 数据库的磁盘已满。
        [locked] 数据库已锁定。
        [read_only] 数据库只读。
        [broken] 数据库文件已损坏。
        [unopened] 无法打开数据库文件。
        [disk] 数据库的磁盘出错或已满。
        [failing] 数据库出错。
       *[silent] 数据库没有响应。
    }
database_expected = 数据库无法使用：{ $fault }。
database_url_invalid = database_url 应为 URL。
database_url_unsupported = database_url 应为 PostgreSQL 或 SQLite 文件；收到 { $received }。
experiments_file_missing = { $path } 处没有实验文件。
sweep_expected = 应为扫描；这是 { $kind }。
drawn_sweep_expected = 应为模拟市场的扫描；这是 { $kind }。
experiment_not_done =
    实验应已完成；该实验{ $state ->
        [queued] 正在排队
        [running] 正在运行
        [failed] 已失败
        [cancelled] 已取消
       *[other] 尚未结束
    }。
no_seed_ended = 该扫描尚无任何种子完成。
unknown_figure = 没有名为 { $name } 的图。
key_not_hashed = 第 { $place } 个密钥应为 sha256: 加 64 位小写十六进制数字。
key_too_short = 第 { $place } 个密钥应至少有 { $least } 个 ASCII 字符。
root_path_invalid = root_path 应为路径，如 /whale；收到 { $received }。

## 请求体

body_too_large = 请求体最多 { $most } 字节；收到更多（WHALE_MAX_BODY_BYTES）。
bodies_too_large = 所有请求体合计最多 { $most } 字节（WHALE_MAX_BODIES_BYTES）；请稍后重试。
no_disk_for_body = 磁盘没有空间存放请求体；原因见服务日志。
media_type_expected = 请求体应为 { LIST($types, "or") }；收到 { $received }。
encoding_expected = Content-Encoding 应为 { LIST($encodings, "or") }；收到 { $received }。
too_many_encodings = 一个请求体最多 { $most } 层编码；收到 { $count } 层。
encoding_malformed = 请求体应为 { $encoding } 编码；收到其他内容。
encoding_cut_off = { $encoding } 编码的请求体不完整。
too_many_frames = { $encoding } 编码的请求体最多 { $most } 帧；收到更多。
json_malformed = 请求体应为 JSON：{ $problem }。
json_without_nan = 请求体应为 JSON：{ $problem }。JSON 没有 NaN 和 Infinity；不允许的配对用 null 表示。
json_not_utf8 = 请求体应为 JSON：第 { $place } 个字节 { $byte } 不是 UTF-8。
json_key_twice = 每个名称只能出现一次；{ $path } 出现了两次。
a_name = 某个名称
multipart_boundary_missing = { $type } 应带有 boundary。
multipart_malformed = 请求体应为 { $type }：{ $problem }。
multipart_cut_off = { $type } 请求体应以最后一个边界结束。
too_many_parts = 最多 { $most } 个部分；收到更多。
part_without_name = 每个部分都应有带名称的 Content-Disposition: form-data；第 { $place } 个部分没有。
part_twice = 每个部分只能出现一次；{ $name } 出现了两次。
part_unknown = 只接受以下部分：{ $known }；收到 { $received }。
part_missing = 缺少名为 { $name } 的部分。
problem_part_missing = 缺少名为 problem 的 JSON 部分。
problem_part_not_object = problem 部分应为 JSON 对象。
field_also_part = { $field } 只能给出一次；它既在 problem 中，又是单独的部分。
option_without_table = { $field } 应与 table 部分一起给出。
part_null = { $field } 部分应有值，否则不应出现；收到 null。

## JSON 中的列表

rows_expected = { $field } 应为行的列表，每位用户一行；收到 { $received }。
row_not_list = { $field } 的每一行都应为列表；第 { $row } 行是 { $received }。
rows_of_different_lengths = { $field } 各行长度应相同；第 0 行有 { $expected } 个值，第 { $row } 行有 { $received } 个。
matrix_number_expected = { $field } 应为数字，不允许的配对为 null；第 { $row } 行第 { $column } 列是 { $received }。
list_expected =
    { $field } 应为{ $items ->
        [numbers] 数字
        [whole_numbers] 整数
       *[ids]  id
    }列表；收到 { $received }。
item_expected =
    { $field } 应为{ $items ->
        [numbers] 数字
        [whole_numbers] 整数
       *[ids]  id（文本或整数）
    }；位置 { $position } 是 { $received }。
id_beyond_64_bits = { $field } 中的整数 id 应在 64 位以内；位置 { $position } 是 { $received }。
cap_expected = { $field } 应为一个整数，或每位主播一个整数的列表；收到 { $received }。
dimensions_expected = { $field } 应为 { $dimensions } 维数字；收到形状为 { $shape } 的 { $type }。

## 请求的问题

k_or_penalty_missing = 应给出 k，或以 whale_penalty 代替；两者均未给出。
k_max_limited = k_max 应在 1 到 { $most } 之间；收到 { $received }（WHALE_MAX_CURVE_K）。
explained_streamers_limited = 解释分配时 max_streamers_per_user 应为 1；收到 { $received }。
fairness_aim_missing = fairness 应给出 max_loss、theta、max_gini 与 alpha 之一，例如 { $example }；均未给出。
fairness_measure_of_aim = 给出 { $aim } 时，fairness.measure 应为 "{ $measure }" 或不给出；收到 "{ $received }"。
loss_out_of_range =
    放弃的比例应大于 0 且小于 1（0.01 即 1 %）；收到 { $received }。{ $zero ->
        [true] 不放弃任何收入时只有最优分配：请去掉 fairness。
       *[false] { "" }
    }
revenue_invalid = { $field } 应为 0 到 1e15 之间的数；收到 { $received }。
fairness_excludes =
    { $field ->
        [algorithm] 公平分配只能使用 min-cost-flow 算法
       *[tolerance] 公平分配的 tolerance 必须为 0，因为放弃的比例以精确最优值为准
    }；收到 { $received }。请去掉 { $field } 或 fairness。
base_without_fairness = base 只用于公平分配，应与 fairness 一起给出；只收到 base。
base_count = base 应为 { $streamers } 位主播各给一个数；收到 { $received } 个。
assignments_limited = 返回各点的分配时，用户数 × 点数不得超过 { $most }；收到 { $received }（WHALE_MAX_PLACES）。
ids_count = { $field } 应有 { $expected } 个 id；收到 { $received } 个。
id_unknown =
    { $field } 应在{ $among ->
        [users] 用户
        [streamers] 主播
        [user_ids]  user_ids
       *[streamer_ids]  streamer_ids
    } 之中；{ $received } 不在其中。
price_id_unknown =
    { $field } 的键应在{ $among ->
        [streamers] 主播
       *[streamer_ids]  streamer_ids
    } 之中；{ $received } 不在其中。
id_twice = { $field } 中每个 id 只能出现一次；{ $id } 出现在 { $first } 和 { $second }。
ids_equal_as_text = { $field } 中每个 id 只能出现一次；{ $first } 处的 { $id } 与 { $second } 处的 { $other } 是同一个。
wealth_missing =
    给出{ $rule ->
        [whale_threshold]  whale_threshold
       *[whale_share] 小于 1 的 whale_share
    } 时应有 wealth，每位用户一个数字；未给出。
wealth_count = 应给出 { NUMBER($users, useGrouping: 0) } 位用户各自的 wealth；收到 { NUMBER($received, useGrouping: 0) } 个。
wealth_not_finite = wealth 应为有限数；用户 { NUMBER($position, useGrouping: 0) } 的值为 { $received }。
one_field_expected = { $fields } 中应恰好给出一个；收到 { $received }。
count_empty =
    { $side ->
        [user] 用户
       *[streamer] 主播
    }数应在 1 到 { $most } 之间；收到 0。
count_limited =
    { $side ->
        [user] 用户
       *[streamer] 主播
    }数应在 1 到 { $most } 之间；收到 { $received }（{ $setting }）。
places_limited = 名额数（用户数 × max_streamers_per_user）最多 { $most } 个；收到 { $received } 个（WHALE_MAX_PLACES）。
guarantees_unmet =
    { $goal ->
        [all] 保底应能够满足
        [curve_with_k] 保底应能在给定的 k 及 1 到 { $k_max } 的每个 k 下仅由鲸鱼满足
       *[curve] 保底应能在 1 到 { $k_max } 的每个 k 下仅由鲸鱼满足
    }；{ $count ->
        [1] 主播 { $streamers }
       *[other] 主播 { $streamers } 合计
    }保底 { $needed } 位用户，但{ $reason ->
        [negative] 在 EV 不低于 0 时
        [greedy] 在 fill greedy 安排鲸鱼之后
        [negative_greedy] 在 fill greedy 安排鲸鱼之后且 EV 不低于 0 时
        [only_whales] 由于 fill none 不安排其他用户
        [negative_only_whales] 由于 fill none 不安排其他用户且 EV 不低于 0
       *[none] {""}
    }最多只能得到 { $possible } 位{ $able ->
        [whales] 鲸鱼
       *[users] 用户
    }{ $remedies }。
guarantees_remedy =
    ；{ $remedy ->
        [fill] fill joint
        [allow_negative_ev] allow_negative_ev
       *[both] fill joint 加 allow_negative_ev
    } 可满足全部保底
guarantee_above_limit =
    min_users 应不大于{ $limit ->
        [capacity] 容量
       *[users] 用户数
    }；主播 { $streamer } 保底 { $needed } 位用户，但{ $limit ->
        [capacity] 其容量为 { $room }
       *[users] 只有 { $room } 位用户
    }。

## 分配的说明

no_whales = 没有鲸鱼：未列出任何人，或无人的财富达到门槛。
k_never_binds = { $k } 从不起作用：想去同一位主播的鲸鱼最多只有 { NUMBER($most, useGrouping: 0) } 位。
k_equal = k = { NUMBER($k, useGrouping: 0) }
k_several = k
k_binds = { $k } 起作用：想去 { $streamers } 位主播的鲸鱼多于 k 所允许的，最多的是 { $most }，有 { NUMBER($wanted, useGrouping: 0) } 位鲸鱼想去。
dearest_whale_slot = 多一个鲸鱼名额在 { $streamer } 处最值：{ FORMAT($price, ".6g") }。
dearest_guarantee = 保底在 { $streamer } 处代价最大：少保证一位用户将增加 { FORMAT($price, ".6g") }。
penalties_paid =
    罚值合计 { FORMAT($penalty, ".6g") }，涉及{ $free ->
        [0] {""}
       *[other] 超出各主播前 { NUMBER($free, useGrouping: 0) } 位的
    } { $whales } 位鲸鱼。
penalties_all_zero = 没有罚值：whale_penalty 中鲸鱼能够达到的价格全部为 0。
penalties_within_free = 没有罚值：每位主播最多只有 { $free } 位鲸鱼。
penalties_no_whale = 没有罚值：没有鲸鱼得到分配。
stopped_early = 因 tolerance = { FORMAT($tolerance, "g") } 提前停止：该分配比上界 { FORMAT($bound, ".6g") } 低 { FORMAT($gap, ".6g") }（{ FORMAT($percent, ".3g") } %）。
below_bound = { $algorithm } 的结果比上界 { FORMAT($bound, ".6g") } 低 { FORMAT($gap, ".6g") }（{ FORMAT($percent, ".3g") } %）。
fair_allocation =
    { $changed ->
        [true] 为了公平，放弃了最优值 { FORMAT($optimum, ".6g") } 的 { FORMAT($loss, ".3g") } %：主播收入的基尼系数由 { FORMAT($before, ".4f") } 变为 { FORMAT($gini, ".4f") }
       *[false] 没有为公平放弃任何收入：主播收入的基尼系数为 { FORMAT($gini, ".4f") }，与最优分配相同
    }
fair_floor =
    价值不低于此的任何分配，{ $measure ->
        [alpha] 阿特金森指数
       *[gini] 基尼系数
    }都不会低于 { FORMAT($floor, ".4f") }{ $measure ->
        [alpha] ；此分配为 { FORMAT($inequality, ".4f") }
       *[gini] {""}
    }
fair_floor_loose =
    { $measure ->
        [alpha] 阿特金森指数
       *[gini] 基尼系数
    }可能比下界 { FORMAT($floor, ".4f") } 所示更接近最小值：每位主播的用户很少时，下界较松
whales_left_out = { $whales } 位鲸鱼中有 { $count } 位没有主播。
whales_left_out_because = { $whales } 位鲸鱼中有 { $count } 位没有主播：{ $reason }。
whales_left_out_several = { $whales } 位鲸鱼中有 { $count } 位没有主播：{ $reasons }。
number_because = { $count } 位因为{ $reason }
slots_of_capacity = 各主播的容量合计为 { $slots } 个名额
slots_of_both = k 与容量合计只留下 { $slots } 个名额
slots_of_equal_k = k · 主播数 = { $slots } 个名额
slots_of_k = 各主播的 k 合计为 { $slots } 个名额
no_candidate = 没有候选主播
streamers_closed = 其可去的主播的 k 或容量均为 0
ev_negative = 其在可去的主播处的 EV 均为负
penalty_too_high = 在有空位的主播处，再加一位鲸鱼的罚值高于其价值
solver_stopped = 求解提前停止，尚未为其安排
streamers_full = 其 EV 不低于 0 的主播均已满
no_streamer_with_room = 有空位的主播处其 EV 均为负

## 曲线的说明

curve_flat_from = 从 k = { NUMBER($k, useGrouping: 0) } 起，更大的 k 不再增加价值。
curve_still_rises = k = { NUMBER($k, useGrouping: 0) } 比 k = { NUMBER($before, useGrouping: 0) } 仍多 { FORMAT($gain, ".6g") }。
curve_gain = k = { NUMBER($k, useGrouping: 0) } 比 k = 1 多 { FORMAT($gain, ".6g") }：k = { NUMBER($half, useGrouping: 0) } 时达到其一半，k = { NUMBER($most, useGrouping: 0) } 时达到 90 %。
dearest_slot = 多一个名额在 { $streamer } 处最值：{ FORMAT($gain, ".6g") }。

## 表格

table_too_large = { $file } 展开后最多 { $most } 字节；实际更多（WHALE_MAX_EXPANDED_BYTES）。
table_not_known = { $file } 应为 { LIST($formats, "or") }；它不是其中任何一种。
table_of_other_kind =
    { $file } 应为 { LIST($formats, "or") }；它是{ $kind ->
        [pdf]  PDF
        [rtf]  RTF 文档
        [html]  HTML 或 XML
        [json]  JSON
       *[compressed] 压缩文件，请先解压
    }。
table_empty =
    { $file } 中应有表格；{ $part ->
        [first_line] 其首行为空
        [sheets] 其工作表均为空
        [rows] 它没有任何行
       *[file] 它是空的
    }。
workbook_old = { $file } 应为没有密码的 .xlsx；它已加密，或是 Excel 2007 之前的工作簿。请另存为 .xlsx 或 CSV。
workbook_unreadable =
    { $file } 应为 Excel 工作簿（.xlsx）；{ $problem ->
        [archive] 它是其他压缩包
        [damaged] 其压缩包已损坏或有密码
       *[unreadable] 无法读取
    }。
workbook_error = { $file } 应只含数字和文本；单元格 { $cell } 是 Excel 的错误值，如 #DIV/0!。
sheets_ignored = 只读取了工作表 { $sheet }，未读取 { $others }。
excel_digits = Excel 的数字只保留 15 位有效数字：更长的 id 已不是原值，请以文本格式填写。
table_damaged = { $file } 的开头是 Arrow 或 Parquet，但它已损坏或不完整。
npy_shape_expected = { $file } 应为用户数组，或用户 × 主播的数组；收到的形状为 { $shape }。
npy_header_expected = { $field } 应为头部规范的 .npy：数字类型的 descr、fortran_order 和维数不多的 shape；收到 { $received }。
npy_numbers_expected = { $field } 应为普通数字的 .npy；收到的 dtype 为 { $type }。
npy_length_expected = { $field } 的形状为 { $shape }，应有 { $expected } 字节的数字；收到 { $received } 字节。
npy_format_expected = { $field } 应为 .npy 格式，版本 1、2 或 3。
npy_header_too_long = { $field } 的 .npy 头部最多 { $most } 字节；收到 { $received } 字节。
text_has_nul = { $file } 应为文本；第 { $line } 行有 NUL 字符。
byte_not_in_encoding = { $file } 应为 { $encoding } 编码；第 { $line } 行有不属于该编码的字节 { $byte }。
encoding_guessed = 编码是猜测的：{ $encoding }。
line_too_long = { $file } 每行最多 { $most } 字节；第 { $line } 行更长。是否有引号未闭合？
quote_misplaced =
    { $file } 中的引号应{ $rule ->
        [closed] 成对闭合
       *[around] 包住整个单元格，单元格内的引号应双写
    }；第 { $line } 行第 { $column } 列为 { $received }。
ids_of_other_type = { $file } 的{ $column }应为文本或整数；其类型为 { $type }。
column_named = { $name } 列
column_numbered = 第 { $number } 列
place_numbered =
    第 { $number } { $place ->
        [line] 行
       *[row] 行
    }
cell_refused =
    { $file } { $place ->
        [line] 第
       *[row] 第
    } { $number } 行，{ $column }应为{ $expected ->
        [id]  id
        [number] 数字
        [number_at_most] 不超过 { FORMAT($most, "g") } 的数字
       *[price] 0 到 1e9 之间的数字
    }；收到 { $received }。
headings_alone = { $file } 应有表头行和至少一行数据；它只有一行。
header_of_numbers_after = 首行是表头吗？{ $name } 之后全是数字，已当作主播 id 读取。
header_of_numbers = 首行是表头吗？其中全是数字，已当作数值读取，主播按序号编号。
cells_expected =
    { $file } { $place ->
        [line] 每
       *[row] 每
    }行应有 { $expected } 个单元格；第 { $number } 行有 { $received } 个。
cell_beyond_headings =
    { $file } { $place ->
        [line] 每
       *[row] 每
    }行应有 { $expected } 个单元格；第 { $number } 行第 { $column } 列为 { $received }。
pairs_columns_expected = { $file } 应有 user、streamer 和 ev 列；收到 { $columns }。
candidates_limited = { $file } 最多 { $most } 个候选；收到 { $received } 个或更多（WHALE_MAX_CANDIDATES）。
rows_missing = { $file } 应至少有一行；它没有。
user_without_wealth = { $file } 应有每位用户的财富；{ $user } 没有。
user_at = 用户 { $position }
two_wealths =
    { $user } 有两个财富值：{ $first_place }为 { FORMAT($first, "g") }，{ $second_place }为 { FORMAT($second, "g") }。以前者为准{ $more ->
        [0] 。
       *[other] ，另有 { $more } 位用户也是如此。
    }
user_twice = { $file } 中每位用户只能出现一次；{ $user } 出现在{ $first }和{ $second }。
table_pair_twice = { $file } 中每个配对只能出现一次；{ $user } 与 { $streamer } 出现在{ $first }和{ $second }。
role_twice = columns 中角色 { $role } 只能有一列；收到 { $columns }。
column_unknown = columns 应为 { $file } 的列；没有 { $name }。其列为 { $columns }。
pair_column_missing = { $file } 应有 user、streamer 和 ev 列，或由 columns 指定的其他列；没有 { $role }。其列为 { $columns }。
one_ev_column = 配对表 { $file } 应只有一列 ev。请用 columns 说明各列的含义。
wealth_ids_missing = { $file } 的财富旁应有用户 id。请用 columns 说明各列的含义。
streamer_column_missing = { $file } 应至少有一列主播；其列为 { $columns }。
heading_twice = { $file } 的每个表头只能出现一次；{ $name } 出现在第 { $first } 列和第 { $second } 列。
heading_missing = { $file } 的每位主播都应有表头；第 { $column } 列没有。
rising_numbers_as_ids = { $column }是用户 id 吗？其中是递增的数字，已当作 id 读取。
different_numbers_as_values = { $column }是用户 id 吗？其中是互不重复的整数，已当作主播的数值读取。
wealth_as_values = { $column }是财富吗？已当作主播的数值读取。
header_option_expected = header 应为 true 或 false；收到 { $received }。
columns_option_expected = columns 应为表头到角色的对象；收到 { $received }。
role_expected = columns 中每个表头的角色应为 { $roles } 之一；{ $name } 为 { $received }。
table_of_wealth_alone = { $file } 应有用户和主播的数值；它只有财富。
field_beside_table = { $field } 和 { $table } 只能给出一个；两者均已给出。
wealth_alone_expected = { $file } 应只有财富：每位用户一个数字，旁边是 id，或按用户顺序排列。
wealth_by_id_without_ids = { $file } 按 id 给出财富时，应有 user_ids 或带 id 的表格；两者均未给出。
field_also_in_table = { $field } 只能给出一次；{ $file } 中也有。
table_id_unknown =
    { $file } 的每位{ $side ->
        [user] 用户
       *[streamer] 主播
    }都应在 { $field } 之中；{ $id } 不在其中。
ids_expected = { $field } 应为 id 列表。
gift_columns_expected = { $file } 应有 { $expected } 列；收到 { $columns }。
gifts_missing = { $file } 中应有打赏记录；它没有。
table_format =
    { $format }{ $count ->
        [0] {""}
       *[other] （{ JOIN($details, "，") }）
    }
delimiter_name =
    { $delimiter ->
        [comma] 逗号
        [semicolon] 分号
       *[tab] 制表符
    }
decimal_comma = 小数逗号
no_header = 无表头
table_summary =
    { $file }：{ $format }，{ $shape ->
        [wealth] { $users } 位用户的财富
        [matrix] { $users } 位用户 × { $streamers } 位主播的矩阵
       *[pairs] { $users } 位用户 × { $streamers } 位主播的 { $rows } 个配对
    }{ $roles }。
table_roles = ；{ JOIN($roles, "，") }
column_role =
    { $role ->
        [user] 用户
        [streamer] 主播
        [ev] EV
        [price] 价格
       *[wealth] 财富
    }：{ $column }
gifts_summary = { $file }：{ $format }，{ $gifts } 条打赏记录{ $roles }。

## 文件

npy_file_expected = { $path } 应为 .npy 格式的数组。
npy_file_of_several = { $path } 应为一个数组；收到的是含多个数组的压缩包。
npz_file_expected = { $path } 应为含 { $names } 的 .npz 压缩包。
npz_file_of_others = { $path } 应为含 { $names } 的 .npz 压缩包；其中是其他数组。
yaml_expected = { $path } 应为 UTF-8 编码的 YAML；它不是。
yaml_wrong_at = { $path } 应为 YAML，第 { $line } 行第 { $column } 列：{ $fault }。
yaml_key_twice = 键 { $key } 已出现在第 { $line } 行
yaml_unexpected = 此处不能是 { $found }
yaml_unclosed = 前面打开的内容没有闭合
json_wrong_at = { $path } 应为 JSON；从第 { $line } 行第 { $column } 列起不是。
file_error = { $problem }：{ $path }。
system_error =
    { $name ->
        [ENOENT] 文件或目录不存在
        [EISDIR] 这是目录
        [ENOTDIR] 不是目录
        [EEXIST] 文件已存在
        [EACCES] 没有权限
        [EROFS] 文件系统只读
        [ENOSPC] 磁盘空间不足
        [EADDRINUSE] 地址已被占用
       *[other] { $text }
    }

## 命令行

interrupted = 已中断，未写入任何内容。
option_excluded = { $option } 不能与 { LIST($beside, "or") } 一起使用；收到 { $received }。
option_needs_workers = { $option } 只能在 --candidates 与 --scheduler 或 --workers 一起使用时给出；收到 { $received }。
option_needs_fair = { $option } 只能与 --fair 一起使用；收到 { $received }。
share_option_expected = { $field } 应为 0.01 或 1% 这样的比例；收到 { $received }。
cap_option_expected = { $field } 应为整数或 .npy 文件；收到 { $received }。
k_option_expected = k 应为整数，或作为 --capacity 表格中的一列；收到 { $received }。
list_option_expected =
    { $field } 应为以逗号分隔的{ $items ->
        [whole_numbers] 整数
       *[numbers] 数字
    }；收到 { $received }。
columns_list_expected = columns 应如 uid=user,spend=wealth；收到 { $received }。
one_input_option_expected = --table、--ev 和 --candidates 应给出一个；收到 { $received }。
wealth_option_and_table = wealth 只能给出一次；{ $path } 和表格中都有。
output_not_local = output 应为本机上的文件；收到 { $received }。
output_suffix_expected = output 应以 { LIST($suffixes, "or") } 结尾，或为 { $dash }（标准输出）；收到 { $received }。
standard_output = 标准输出
excel_rows_limited = .xlsx 最多 { $most } 行；收到 { $received } 行。.csv 和 .parquet 没有上限。
address_unavailable = 无法监听 { $host } 端口 { NUMBER($port, useGrouping: 0) }：{ $problem }。
new_key = 其他机器可以访问 { $host }，而 WHALE_API_KEYS 未设置；本次启动使用新密钥。
allocated =
    总 EV{ $penalties ->
        [yes] （减去罚值）
       *[no] {""}
    } { FORMAT($total, ".6g") }；{ $scope ->
        [whale] 鲸鱼层
       *[joint] 联合分配
    }{ $gap ->
        [0] 已证明最优
       *[other] 与上界相差 { FORMAT($gap, ".6g") }
    }。 → { $output }
warning = 警告：{ $message }
allocated_files =
    已分配 { $users } 位用户中的 { $placed } 位，总 EV { FORMAT($total, ".6g") }；{ $scope ->
        [whale] 鲸鱼层
       *[joint] 联合分配
    }与最优值相差不超过 { FORMAT($gap, ".2g") }。 → { $output }
allocated_fairly =
    总 EV{ $penalties ->
        [yes] （减去罚值）
       *[no] {""}
    } { FORMAT($total, ".6g") }。 → { $output }
allocated_files_fairly = 已分配 { $users } 位用户中的 { $placed } 位，总 EV { FORMAT($total, ".6g") }。 → { $output }
fairness_cost =
    比最优值低 { FORMAT($loss, ".3g") } %。收入的基尼系数在最优分配下为 { FORMAT($before, ".4f") }，现为 { FORMAT($gini, ".4f") }；{ $measure ->
        [alpha] 总额相同的任何分配，阿特金森指数都不低于 { FORMAT($floor, ".4f") }
       *[gini] 总额相同的任何分配都不低于 { FORMAT($floor, ".4f") }
    }。福利与最佳值相差不超过 { FORMAT($gap, ".2g") } %。
frontier_traced = { $points } 个点；最优值 { FORMAT($optimum, ".6g") }，基尼系数从 { FORMAT($first, ".4f") } 到 { FORMAT($last, ".4f") }。 → { $output }
frontier_heading_theta = θ
frontier_heading_loss = 损失
frontier_heading_gini = 基尼系数
frontier_heading_gini_at_least = 下界
frontier_heading_objective = 总 EV
tolerance_missed =
    差距 { FORMAT($gap, ".2g") } 大于容差 { FORMAT($tolerance, ".2g") }：结果完整，且已证明与最优值相差不超过此差距；{ $mode ->
        [in_memory] 其价格无法证明更多
        [out_of_core] 更大的 --memory 可能使其更接近
       *[on_workers] 更少的 --partitions 或单个进程可能使其更接近
    }。
curve_computed = 鲸鱼层：k = 1 时 { FORMAT($first, ".6g") }，k = { NUMBER($k_max, useGrouping: 0) } 时 { FORMAT($last, ".6g") }。 → { $output }
input_generated = { $users } 位用户 × { $candidates } 个候选，{ $streamers } 位主播。 → { $output }
experiments_listed = 列出 { $count } 个实验；全部实验占用 { FORMAT($megabytes, ",.1f") } MB。
experiments_old = { $count } 个实验结束于 { FORMAT($days, "g") } 天以前。
experiments_deleted = 已删除 { $experiments } 个实验和 { $inputs } 份输入：{ FORMAT($megabytes, ",.1f") } MB。

## 命令行中的错误

no_such_option =
    没有选项 { $option }{ $count ->
        [0] 。
       *[other] 。您是否要用 { LIST($possible, "or") }？
    }
missing_option = 缺少选项 { $option }。
option_without_value = 选项 { $option } 需要一个值。
option_takes_no_value = 选项 { $option } 不接受值。
no_such_command = 没有命令 { $name }。
missing_command = 缺少命令。
usage_error = { $text }
setting_wrong = { $setting }：{ $reason }
unexpected_arguments = 多余的参数：{ JOIN($arguments, " ") }。{ $count ->
       *[other] {""}
    }

## Parquet 中的候选

fill_joint_unavailable =
    { $where ->
        [memory] 候选超出内存
       *[workers] 用户由多个工作进程分担
    }时，fill 应为 greedy 或 none。
fairness_on_workers = 公平分配在单个进程中进行，全部候选须在内存中；请去掉 --scheduler 和 --workers。
fairness_memory_too_small = 公平分配须将全部候选保存在内存中：至少需要 { FORMAT($least, ".1f") }GiB 内存；收到 { FORMAT($received, ".1f") }GiB。
revenue_columns_expected = { $file } 应有 streamer 列和 revenue 列；实际有 { $columns }。
revenue_twice = { $file } 中每位主播应只出现一次；{ $streamer } 出现两次。
revenue_of_unknown_streamer = { $file } 中的 { $streamer } 不在主播之列。
memory_too_small = { $users } 位用户至少需要 { FORMAT($least, ".1f") }GiB 内存；收到 { FORMAT($received, ".1f") }GiB。
memory_expected = memory 应如 4GiB 或 500MB；收到 { $received }。
whale_columns_missing = 用户表中应有 wealth 或 whale 列，或给出 --all-whales；均未给出。
whale_share_expected = whale_share 应大于 0 且不大于 1；收到 { $received }。
candidates_not_by_user =
    { $why ->
        [memory] 候选超出内存
       *[workers] 用户由多个工作进程分担
    }时，候选应按用户排列{ $why ->
        [memory] {""}
       *[workers] ，顺序与用户表相同
    }；{ $where }回到了较早的用户。
row_group =
    { $file } 的行组 { NUMBER($index, useGrouping: 0) }{ $start ->
        [0] {""}
       *[other] （自其第 { NUMBER($start, useGrouping: 0) } 行起）
    }
row_of_group = { $group }的第 { NUMBER($row, useGrouping: 0) } 行
dask_missing = 需要 Dask（whale-matching[distributed]）；尚未安装。
workers_killed = { $workers } 个工作进程在同一部分工作中终止，可能是内存不足。
scheduler_silent = { $address } 处没有 Dask 调度器响应。
candidate_pair_twice = 每个配对只能出现一次；用户 { $user } 与主播 { $streamer } 出现在{ $first }和{ $second }。
size_expected = { $field } 应在 1 到 2^31 - 1 之间；收到 { NUMBER($received, useGrouping: 0) }。
candidates_above_streamers = 每位主播一个，最多 { NUMBER($most, useGrouping: 0) } 个候选；收到 { NUMBER($received, useGrouping: 0) } 个。
side_empty =
    { $file } 中应至少有一位{ $side ->
        [user] 用户
       *[streamer] 主播
    }；一位也没有。
side_table_missing =
    候选以 id 指明{ $side ->
        [user] 用户
       *[streamer] 主播
    }时（如{ $where }），应以 --{ $option } 给出其表格。
position_too_large =
    { $side ->
        [user] 用户
       *[streamer] 主播
    }位置应小于 2^31 - 1，或给出含这些 id 的表格；收到 { NUMBER($received, useGrouping: 0) }。
side_columns_missing = { $file } 应有 { LIST($expected, "or") } 列；其列为 { $columns }。
parquet_unreadable = { $where }应为可读的 Parquet；它已损坏或无法打开。
parquet_expected = { $file } 应为 Parquet；它不是，或已损坏。
columns_differ = { $directory } 的所有文件应有相同的列；并非都有 { $column }。
column_types_differ = { $directory } 的所有文件应有相同的列；{ $column } 在部分文件中是 { $first }，在其他文件中是 { $second }。
table_types_differ = { $directory } 的所有文件应有相同的列；其类型不同。
column_type_expected =
    { $file } 的 { $column } 列应为{ $type ->
        [booleans] 布尔值
        [numbers] 数字
        [whole_numbers] 整数
       *[positions_or_ids] 位置或 id
    }；{ $found ->
        [candidates] 其类型为
       *[side] 收到
    } { $received }。
column_value_missing = { $file } 的 { $column } 列每行都应有值；第 { NUMBER($row, useGrouping: 0) } 行为 null。
column_not_finite = { $file } 的 { $column } 列应为有限数；第 { NUMBER($row, useGrouping: 0) } 行为 { $received }。
id_missing = { $file } 的每行都应有 id；第 { NUMBER($row, useGrouping: 0) } 行为 null。
side_id_twice =
    { $file } 中每位{ $side ->
        [user] 用户
       *[streamer] 主播
    }只能出现一次；{ $id } 再次出现。
id_too_large = { $where } 中的整数应小于 2^63；其中有 { $received }。
candidates_empty = { $file } 中应有候选；它是空的。
all_candidates_empty = 这些文件中应有候选；全部是空的。
candidate_ev_missing = ev 的每行都应有值；{ $where }的第 { NUMBER($row, useGrouping: 0) } 行为 null。
candidate_ev_too_large = 每个 EV 都应为 -1e15 到 1e15 之间的数字；{ $where }的第 { NUMBER($row, useGrouping: 0) } 行为 { $received }。
candidate_columns_missing = { $file } 应有 user、streamer 和 ev 列；其列为 { $columns }。
candidate_value_missing = 每行都应有值；{ $where }的第 { NUMBER($row, useGrouping: 0) } 行为 null。
candidate_ids_expected =
    { $where }中的{ $side ->
        [user] 用户
       *[streamer] 主播
    }应与其表格一样为{ $expected ->
        [positions] 位置
        [text] 文本
       *[whole_numbers] 整数
    }；收到{ $received ->
        [text] 文本
       *[whole_numbers] 整数
    }。
candidate_position_expected =
    { $side ->
        [user] 用户
       *[streamer] 主播
    }位置应在 { NUMBER($first, useGrouping: 0) } 到 { NUMBER($last, useGrouping: 0) } 之间；{ $where }的第 { NUMBER($row, useGrouping: 0) } 行为 { NUMBER($received, useGrouping: 0) }。
candidate_unknown =
    候选中的每位{ $side ->
        [user] 用户
       *[streamer] 主播
    }都应在其表格中；{ $where }的第 { NUMBER($row, useGrouping: 0) } 行为 { $id }，不在其中{ $part ->
        [whole] {""}
       *[stretch] ，或位置与其表格的顺序不符
    }。
path_missing = { $url } 处应有 { $field }；什么也没有。
path_not_understood = { $field } 应为 fsspec 可识别的路径；收到 { $url }（{ $problem }）。
parquet_files_missing = { $url } 中应有 Parquet 文件；一个也没有。
output_exists = output 应为尚不存在的目录；{ $path } 已存在。
output_left_by_a_killed_run = output 应为尚不存在的目录；{ $path } 中有文件但没有 { $last }，像是被终止的运行所留：请删除这些文件或另选位置。
output_unwritable = 无法写入 { $name }：{ $problem }。
output_not_shared = output 应为所有工作进程共有的位置；{ $file } 不在那里。
