### 页面文本；脚本以模板形式使用。

brand = 鲸鱼匹配

skip = 跳到正文

nav_label = 主导航
nav_languages = 语言
nav_allocation = 分配
nav_new-sweep = 扫描实验
nav_history = 历史
nav_docs = API

noscript = 此页面需要 JavaScript 才能与服务通信。

loading = 加载中……

key_title = 此服务需要密钥
key_why = 密钥在服务启动时打印过一次，也可以向服务的管理者索取。关闭此标签页后即不再保存。
key_label = 密钥
key_send = 继续
key_wrong = 服务不认识这个密钥。

error_unknown = 服务返回了状态码 { $status }。
error_away = 服务没有响应。它在运行吗？

time_moment = 片刻
time_seconds = { $count } 秒
time_minutes = { $count } 分钟

home_title = 让大额消费者合理分布
home_lead = 少数用户（鲸鱼）带来大部分收入；若放任不管，他们会挤在同几位主播那里。这里先分配鲸鱼：每位主播最多 k 位，总期望价值最大。您还可以在这里弄清：这样的上限是否值得。
home_allocate = 分配
home_allocate_what = 给出期望价值和上限，即可看到谁去哪里、价值多少、谁被挤走、多一个名额值多少。结果经证明最优。
home_allocate_example = 看一个示例
home_allocate_own = 使用自己的数据
home_sweep = 在您的数据上，设上限有用吗？
home_sweep_what = 上限让每位主播最多接纳 k 位鲸鱼。看看每个 k 带来什么、代价多少、有多确定：可用您自己的表格，也可用模拟市场。
home_sweep_own = 用自己的表格
home_sweep_drawn = 用模拟市场
home_sweep_go = 试一试上限
home_recent = 最近的实验
home_recent_caption = 最新的五个实验
home_all = 全部实验

form_title = 在您的数据上，设上限有用吗？
form_lead = 上限让每位主播最多接纳 k 位鲸鱼。看看每个 k 带来什么、代价多少、有多确定。
source_title = 在哪里试
source_own = 用自己的表格
source_own_what = 您的用户的期望价值与财富：{ $formats }。每个上限都精确求解，礼物围绕期望价值抽取。
source_drawn = 在模拟市场中
source_drawn_what = 随机生成用户、主播和礼物，逐轮重放：已发表的研究及其变体。

own_table = 您的表格
own_wealth = 谁是鲸鱼？请选择财富列，或添加财富文件。
own_gifts = 礼物
own_answer = 多大的变化才算数

form_preset = 从这里开始

preset_reference = 参考
preset_reference_what = 已发表的实验及其真正的最优解：k = 1、2、3、5；50 次模拟。几秒钟。
preset_congested = 拥挤
preset_congested_what = 上限真正起作用之处：前 5 % 为鲸鱼，每轮 500 位用户，容量逐级缩小。
preset_threshold = 门槛
preset_threshold_what = 谁算鲸鱼：前 0.1 %、1 % 或 5 %。
preset_grid = 网格
preset_grid_what = 以上全部交叉，三种算法：108 种配置。几分钟。

form_compared = 比较什么
form_policies = 比较哪些规则
form_policies_hint = 每条规则都与 greedy 对比：人人去自己最好的主播，不论容量。capacity-greedy 带来的变化归于容量；只有 tiered 在此之上的变化，才归于鲸鱼优先和上限。
form_repeated = 重复多少次
form_more = 更多设置
form_world = 模拟市场
form_algorithms = 如何分配鲸鱼

algorithm_min-cost-flow = 最优（最小费用流）
algorithm_greedy-edges = 贪心，最优配对优先（greedy-edges）
algorithm_greedy-swaps = 贪心，然后随机交换（greedy-swaps）

form_size = { $configurations } 种配置 × { $simulations } 次模拟，各自连同从贪心到它的每条规则。
form_size_most = { $configurations } 种配置 × 最多 { $simulations } 次模拟，各自连同从贪心到它的每条规则。
form_until_decided = 每个判定都有定论后立即停止
form_run = 运行

field_k_values = 鲸鱼上限 k
field_k_values_hint = 每轮每位主播最多接纳的鲸鱼数；多个值用逗号分隔。
field_whale_shares = 鲸鱼：最富有的用户占比，%
field_whale_shares_hint = 按财富排序。多个值用逗号分隔。
field_capacity_scales = 容量 ×
field_capacity_scales_hint = 1 为原容量，0.5 为一半。多个值用逗号分隔。
field_users_per_round = 每轮用户数
field_users_per_round_hint = 同时到来的用户数。
field_simulations = 模拟次数
field_simulations_hint = 次数越多区间越窄；少于 6 次则无法得出结论。
field_rounds = 每次的轮数
field_rounds_hint = 一次模拟持续多久。
field_seed = 首个种子
field_seed_hint = 种子相同，结果相同。
field_spend_caps = 消费上限
field_spend_caps_hint = 用于 spend-cap：每位主播的鲸鱼 EV 之和的上限。多个值用逗号分隔。
field_alphas = 公平权重 α
field_alphas_hint = 用于 fair-online：0 只看期望价值，1 使各主播收入均等。多个值用逗号分隔。
field_thetas = 公平权重 θ
field_thetas_hint = 用于 fair-horizon：0 只看期望价值，1 最大。多个值用逗号分隔。
field_own_simulations = 模拟次数
field_own_simulations_hint = 抽取礼物的次数；少于 6 次则无法得出结论。
field_own_gift_probability = 送礼概率，%
field_own_gift_probability_hint = 用户遇到主播时送礼的概率；礼物平均为 EV 除以该概率。
field_own_amount_sigma = 礼物的离散程度
field_own_amount_sigma_hint = 金额对数的标准差；0 表示不离散。
field_own_minimum_effect_revenue_pct = 收入变化的最小有意义幅度，%
field_own_minimum_effect_revenue_pct_hint = 更小的作用在答案中视为可忽略。
field_own_minimum_effect_streamer_gini = 基尼系数变化的最小有意义幅度
field_own_minimum_effect_streamer_gini_hint = 指期望收入的基尼系数；更小的作用视为可忽略。
field_world_n_users = 用户数
field_world_n_users_hint = 整个市场的用户数。
field_world_n_streamers = 主播数
field_world_n_streamers_hint = 整个市场的主播数。

sentence_gap = { "" }

wrong_empty = 请至少填写一个数字。
wrong_twice = 每个值只写一次。
wrong_crowd = 每轮人数不能超过市场的用户总数。
wrong_whole = 请填写 { $low } 到 { $high } 的整数。
wrong_wholes = 请填写 { $low } 到 { $high } 的整数。
wrong_numbers = 请填写大于 { $low } 且不超过 { $high } 的数。
wrong_percentages = 请填写大于 { $low } 且不超过 { $high } 的百分比。
wrong_algorithms = 请至少选择一种。
wrong_policies = 至少选择一项。
wrong_k = 请填写 { $low } 以上的整数，或为每位主播各填一个，用逗号分隔。
wrong_capacity = 请填写 { $low } 以上的整数，或为每位主播各填一个，或留空。
wrong_whale_share = 请填写大于 { $low }、不超过 { $high } 的百分比。
wrong_wealth = 谁是鲸鱼？请选择财富列，添加财富文件，或在下面列出鲸鱼；占比 100% 表示所有用户都是鲸鱼。

sweep_title = 扫描实验
sweep_queued = 排队等待中
sweep_running = 运行中
sweep_done = 已完成 { $done } / { $seeds } 次模拟
sweep_left = 大约还需 { $time }
sweep_cancel = 取消
sweep_reconnecting = 服务没有响应，正在重试。已算出的结果不会丢失。
sweep_reconnected = 已重新连接。
sweep_cancelled = 已取消
sweep_failed = 此实验失败了
sweep_missing = 没有可显示的内容
sweep_kept = 在完成 { $done } / { $seeds } 次模拟后停止。
sweep_no-sweep = 此实验不是扫描实验。
sweep_again = 再次运行
sweep_findings = 发现
sweep_figures = 图表
sweep_table = 全部配置
sweep_onwards = 带走结果
sweep_report = 打开报告
sweep_yaml = 下载 sweep.yaml
sweep_change = 修改后再次运行
sweep_compare = 与另一个实验对比
sweep_rerun = 用 sweep.yaml 在命令行运行，结果完全相同，直到最后一位：
sweep_command = 命令
sweep_config = 配置

verdict_title = 设上限值得吗？
verdict_pass = 通过
verdict_fail = 不通过
verdict_inconclusive = 尚无定论
verdict_no-effect = 此上限从未起作用
verdict_no-effect_short = 未起作用
verdict_worth_it = 值得
verdict_not_worth_it = 不值得
verdict_no_effect = 未起作用
verdict_undecided = 尚无定论
verdict_depends = 视情况而定
verdict_means = 若只看均值、不看不确定性，按已发表研究的规则，结论是：{ $word }。

effects_title = 每条规则带来的变化
effects_what = 从贪心出发，逐条加上规则：先遵守容量，再让鲸鱼优先，最后每位主播最多 k 位鲸鱼，或让分到较少的主播权重更大。每条柱从上一条的末端开始；最后一条是全部合计。
effects_of = 配置
published_title = 按已发表研究的规则

criteria_title = 最佳配置的三项标准：{ $name }
criteria_overcrowding = 拥挤程度低（{ $code }）
criteria_overcrowding_what = 发生在超出容量的主播处的互动占比。必须低于 { $threshold }。
criteria_concentration = 集中程度下降（{ $code }）
criteria_concentration_what = 主播基尼系数相对贪心的变化。必须小于 { $threshold }。
criteria_revenue = 收入保持（{ $code }）
criteria_revenue_what = 收入相对贪心的变化。必须高于 { $threshold }。
criteria_interval = 95 % 区间：{ $low } 至 { $high }。
criteria_no-interval = 没有区间。

reason_one_simulation = 只有一次模拟，没有区间。
reason_interval_straddles_threshold = 区间横跨门槛两侧。
reason_too_few_simulations = 模拟次数太少，无法与偶然区分。

name_whale_share = 前 { $share }
name_capacity_scale = 容量 × { $scale }
name_users_per_round = 每轮 { $users } 位用户
name_spend_cap = 消费上限 { $cap }

table_csv = 下载 CSV
table_caption = { $simulations } 次模拟的均值及 95 % 区间。变化均相对贪心，按种子配对；p 值已针对全部配置校正。点击表头可排序。
table_caption_effects = { $simulations } 次模拟的均值、95 % 区间，以及对全部配置校正后的 p。上限、权重分别与无上限、无权重的同一规则对比；全部规则与贪心对比。点击表头可排序。
table_live = 目前 { $seeds } 次模拟的均值
table_interval = { $low } 至 { $high }
table_ascending = 按{ $column }升序排列
table_descending = 按{ $column }降序排列

column_policy = 策略
column_algorithm = 算法
column_k = k
column_whale_share = 鲸鱼
column_capacity_scale = 容量 ×
column_users_per_round = 每轮用户
column_spend_cap = 消费上限
column_alpha = α
column_theta = θ
column_revenue_pct = 收入
column_streamer_gini = 基尼系数
column_overcrowded_share = 拥挤占比
column_cap_expected_revenue_pct = 上限：期望收入
column_cap_expected_streamer_gini = 上限：其基尼系数
column_fairness_expected_revenue_pct = 公平权重：期望收入
column_fairness_expected_streamer_gini = 公平权重：其基尼系数
column_total_expected_revenue_pct = 合计：期望收入
column_total_expected_streamer_gini = 合计：其基尼系数
column_binding = k 起作用的轮次
column_verdict = 结论
column_experiment = 实验
column_state = 状态
column_progress = 模拟
column_choose = 对比
column_actions = 操作
column_configuration = 配置
column_user = 用户
column_whale = 鲸鱼
column_streamer = 主播
column_tier = 层级
column_wanted = 首选
column_got = 实得
column_cost = 代价
column_whales = 鲸鱼
column_users = 用户
column_capacity = 容量
column_price_k = 多一位鲸鱼
column_price_capacity = 多一位用户

chart_hint = 悬停可看数值；拖动可平移，按住 Ctrl 并滚动可缩放。下方表格包含全部数据。
chart_in = 放大
chart_out = 缩小
chart_reset = 还原

kind_whale-sweep = 鲸鱼扫描
kind_find-settings = 网格搜索
kind_find-gate = 网格搜索
kind_own-sweep = 自有矩阵扫描
kind_allocation = 分配
kind_frontier = 公平前沿

state_queued = 排队中
state_running = 运行中
state_done = 已完成
state_failed = 失败
state_cancelled = 已取消

history_title = 历史
history_lead = 此服务的全部实验。选择两个已完成的实验进行对比。
history_caption = 实验，最新的在前
history_none = 还没有实验。
history_choose = 选择对比：{ $name }
history_chosen = 已选 { $count } 个
history_compare = 对比所选两个
history_older = 更早的
history_cancel = 取消
history_cancel_named = 取消 { $name }
history_delete = 删除
history_delete_named = 删除 { $name }
history_delete_title = 删除此实验？
history_delete_what = { $name }：其结果和模拟将永久删除。
history_deleted = 已删除。
history_keep = 保留
history_result = 结果

labels_title = 名称与备注
labels_name = 名称
labels_note = 备注
labels_save = 保存
labels_cancel = 取消
labels_edit = 名称与备注
labels_edit_named = { $name } 的名称与备注
labels_saved = 已保存。

settings_default = 默认设置
settings_more = 另有 { $count } 项
setting_policies = 策略：{ $values }
setting_k_values = k = { $values }
setting_whale_shares = 鲸鱼占前 { $values }
setting_capacity_scales = 容量 × { $values }
setting_algorithms = 鲸鱼分配算法 { $values }
setting_spend_caps = 消费上限 { $values }
setting_alphas = α = { $values }
setting_thetas = θ = { $values }
setting_fairness_offset = δ = { $values }
setting_fairness_horizon = 第 { $values } 轮后收入应均等
setting_fairness_every = 每 { $values } 轮求解一次权重
setting_min_users = 至少保证 { $values } 名用户
setting_simulations = { $values } 次模拟
setting_rounds = { $values } 轮
setting_checkpoints = 在第 { $values } 轮记录集中度
setting_users_per_round = 每轮 { $values } 名用户
setting_seed = 起始种子 { $values }
setting_draws = 抽样方式 { $values }
setting_world_n_users = { $values } 名用户
setting_world_n_streamers = { $values } 名主播
setting_gift_probability = 送礼概率 { $values }
setting_amount_sigma = 礼物金额 σ = { $values }
setting_minimum_effect_revenue_pct = 收入变化达 { $values } % 才有意义
setting_minimum_effect_streamer_gini = 基尼系数变化达 { $values } 才有意义
list_gap = 、

compare_title = 对比两个扫描实验
compare_lead = 设置有何不同，结果又有何不同。
compare_few = 对比需要两个已完成的扫描实验。
compare_best = 最佳配置：{ $name }
compare_settings = 不同的设置
compare_settings_caption = 不同的设置
compare_setting = 设置
compare_same = 两者设置相同。
compare_figures = 数据
compare_figure = 指标
compare_shared = 两者共有 { $count } 种配置。占比之差以百分点计。
compare_none-shared = 没有共同的配置；此处显示各自的最佳配置。
compare_best-of-each = 各自最佳

allocation_title = 分配
allocation_lead = 先分配鲸鱼：每位主播最多 k 位，总期望价值（EV）最大；然后把其他用户放入剩余容量。
allocation_input = 期望价值
allocation_choose = 选择文件
allocation_or = 或
allocation_example = 加载示例
allocation_drop = 也可以拖放到这里：{ $formats }。
allocation_formats = 文件格式说明
allocation_format_csv = 矩阵：每位用户一行，首列为其 id；每位主播一列；可另加一列名为 wealth 或财富。空单元格表示禁止该配对。
allocation_format_example = example.csv
allocation_format_pairs = 或配对：user、streamer 和 ev（用户、主播、价值）三列，可另加财富列。
allocation_format_npy = NumPy：ev.npy（用户 × 主播）、wealth.npy（每位用户一个），可另加 capacity.npy。
allocation_format_parquet = CSV（逗号、分号或制表符分隔）、Excel（.xlsx）、Parquet 或 Arrow。财富也可以单独成表，含用户和财富两列。
allocation_given = 已提供的文件
allocation_limits = 限制
allocation_run = 分配
allocation_working = 正在分配……

field_k = k，每位主播的鲸鱼数
field_k_hint = 每位主播最多接纳的鲸鱼数；一个数，或每位主播各一个。
field_whale_share = 鲸鱼：最富有的用户占比，%
field_whale_share_hint = 按财富排序。
field_capacity = 每位主播的容量
field_capacity_hint = 最多用户数，含鲸鱼；留空表示不限。
field_whales = 或列出鲸鱼
field_whales_hint = 填写其 id，用逗号分隔；此时不再看财富。

wrong_whales = 请填写 id，用逗号分隔。

plan_size = { $users } 位用户 × { $streamers } 位主播；{ $whales } 位鲸鱼，{ $slots } 个鲸鱼名额。
plan_binds = 想去某些主播的鲸鱼多于 k 所允许的。
plan_short = 名额不足：至少有 { $short } 位鲸鱼没有主播。
plan_free = 每位鲸鱼都能得到首选。
plan_time = 大约需要 { $time }。

file_matrix = { $users } 位用户 × { $streamers } 位主播
file_pairs = { $count } 个配对（{ $sides }）
file_wealth = { $count } 位用户的财富
file_capacity = { $count } 位主播的容量
file_remove = 移除 { $name }

preview_title = 识别结果
preview_comma = 逗号分隔
preview_semicolon = 分号分隔
preview_tab = 制表符分隔
preview_decimal = 小数点为逗号
preview_matrix = 矩阵
preview_pairs = 配对
preview_wealth = 仅有财富
preview_header = 首行为表头
preview_unnamed = 第 { $number } 列
preview_rows = { $name } 的前几行
preview_role = { $name } 的含义
preview_more = 另有 { $count } 列未显示。
preview_fault = 各列的内容与下面的含义不符。请选择每一列的含义，或修改文件。
preview_values = 至少要有一列是主播的价值。
preview_changed = 已重新读取表格。

role_user = 用户
role_streamer = 主播
role_ev = 价值
role_ev_streamer = 主播的价值
role_wealth = 财富
role_ignore = 不使用

worth_title = 总期望价值
worth_whale = 鲸鱼
worth_normal = 其他用户
worth_whales = 鲸鱼数
worth_displaced = 被挤走的鲸鱼
worth_unallocated = 未分配的用户
worth_notes = 服务的说明

certificate_whale = 已证明最优：这些鲸鱼的任何分配都不会更有价值。
certificate_joint = 已证明最优：这些用户的任何分配都不会更有价值。
certificate_gap = 未证明最优：与最优相差至多 { $gap }；任何分配的价值都不超过 { $bound }。

stale_mark = 结果已过时：{ $changes }。请重新分配，或改回原值。
stale_was = “{ $field }”原为 { $value }
stale_files = 文件已更改
stale_nothing = 空
stale_gap = ；
stale_gone = 结果与当前设置再次一致。

picture_title = 谁去哪里
picture_caption = { $whales } 位鲸鱼中的 { $shown } 位（价值最高者在前），{ $of } 位主播中的 { $streamers } 位。蓝色越鲜明，EV 越高。圆点：鲸鱼所在；十字：其首选。
picture_none = 没有鲸鱼。
picture_ev = EV
picture_got = 所在
picture_wanted = 首选

displaced_title = 谁被挤走，代价多少
displaced_none = 没有人：已分配的用户都在其首选处。
displaced_sentence = { $whales } 位鲸鱼不在其首选处，合计代价为 { $whale_cost } EV：这是限制之下的最小代价。
displaced_sentence_both = { $whales } 位鲸鱼不在其首选处，代价为 { $whale_cost } EV，这是限制之下的最小代价。另有 { $users } 位其他用户也是如此，代价为 { $cost }。
displaced_caption = { $users } 位被挤走的用户中的 { $shown } 位，代价最高者在前
displaced_place = { $streamer }（EV { $ev }）
displaced_nowhere = 无

tier_whale = 鲸鱼
tier_normal = 其他

curve_title = 换一个 k 值多少
curve_caption = 各个 k 之下鲸鱼的最大总 EV，以及每个 k 比前一个增加多少
curve_k = k
curve_worth = 鲸鱼的 EV
curve_adds = 增加
curve_more = 若每位主播的 k 由 { $k } 改为 { $next }，将增加 { $more }。
curve_enough = k 大于 { $k } 不再增加任何价值。
curve_slot = 多一个名额在 { $streamer } 处最值：{ $gain }。
curve_none = 无法算出曲线。
curve_table = 以表格显示

load_title = 负载与每个上限的价格
load_caption = { $all } 位主播中的 { $shown } 位的用户数与限制，最贵、最满者在前
load_axis = 用户数
load_whales = 鲸鱼
load_others = 其他
load_k = k
load_capacity = 容量
load_table = 以表格显示全部限制和价格
load_table_caption = { $all } 位主播中的 { $shown } 位。价格：多一个名额增加的 EV

prices_title = 多一个名额增加多少
prices_caption = 多一个名额会使总 EV 增加多少
prices_axis = EV
prices_none = 没有：任何上限都不带来代价。

take_title = 带走结果
take_csv = 下载 CSV
take_json = 下载 JSON

curl_title = 用命令行做同样的事
curl_where = 请在文件所在目录运行。
curl_key = 请先把密钥放入 WHALE_KEY。
curl_copy = 复制
curl_copied = 已复制
curl_selected = 已选中：请用键盘复制。
curl_problem = 下载 problem.json

## 图表的数值

tip_series = 系列
tip_k = k
tip_mean = 均值
tip_low = 区间下限
tip_high = 区间上限
tip_share = 占比
tip_label = 标签
tip_together = 同处的鲸鱼数
tip_gini = 基尼系数
tip_revenue = 收入变化
tip_revenue_pct = 收入变化
tip_kind = 类别
tip_right = 右侧
tip_dark = 深色
tip_step = 步
tip_from = 起始 k
tip_p_holm = 校正后的 p
tip_whale = 鲸鱼
tip_streamer = 主播
tip_EV = EV
tip_is = 类别
tip_users = 用户数
tip_order = 次序
tip_limit = 限制
tip_of = 限制
tip_price = 价格
tip_worth = 价值
tip_adds = 增加
