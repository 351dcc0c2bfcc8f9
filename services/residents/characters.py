"""Characters that are written in two ways in names and addresses, and stand for the same.

A family register may say 髙橋 where a form says 高橋. Both are folded for comparing, never for
writing. The pairs are facts: the forms in brackets of the 常用漢字表 (平成22年内閣告示第2号,
いわゆる康熙字典体), those of the 人名用漢字 (戸籍法施行規則別表第二), and 異体字 and 俗字 that
family registers hold beside them. What NFKC folds by itself is not repeated. 斎 and 斉 are two
characters and stay so.
"""

# Of each group the first is the form that the others are folded to.
_GROUPS = """
高髙 崎﨑嵜碕 辺邊邉 浜濱濵 徳德 斎齋齎 斉齊 広廣 沢澤 桜櫻 国國圀 恵惠 真眞
瀬瀨 富冨 島嶋嶌 吉𠮷 桑桒 館舘 峰峯 昇曻 渕淵渊 柳栁 関關 滝瀧 竜龍 黒黑 戸戶
寿壽 栄榮 静靜 清淸 郎郞 朗朖 増增 彦彥 亀龜 鉄鐵鐡 鶴鸖靏 豊豐 礼禮 弥彌 祢禰
万萬 与與 両兩 並竝 乗乘 乱亂 亜亞 仏佛 来來 価價 倹儉 偽僞 児兒 円圓 写寫
処處 剣劍劔劒 剤劑 剰剩 励勵 労勞 効效 勅敕 勲勳 区區 医醫 参參 収收 双雙 叙敍
号號 営營 嘱囑 囲圍 図圖 団團 圧壓 塁壘 塩鹽 声聲 壱壹 変變 奥奧 奨奬 学學斈
宝寶寳 実實 対對 専專 将將 尽盡 届屆 属屬 岳嶽 峡峽 巌巖 巣巢 帯帶 帰歸 庁廳
応應 恋戀 悩惱 悪惡 戦戰 戯戲 払拂 抜拔 択擇 担擔 拝拜 拡擴 挙擧 挟挾 捜搜
摂攝 撃擊 数數 断斷 旧舊 昼晝 晋晉 暁曉 条條 枢樞 桟棧 検檢 楼樓 楽樂 様樣
槙槇 権權 横橫 欧歐 歓歡 歩步 歯齒 歳歲 歴歷 残殘 殴毆 殻殼 毎每 気氣 沖冲
浄淨 浅淺 涙淚 渉涉 済濟 湾灣 湿濕 満滿 滞滯 潜潛 灯燈 点點 炉爐 焼燒 犠犧
独獨 狭狹 猟獵 献獻 獣獸 画畫 当當 畳疊 疎疏 痴癡 発發 皐皋 県縣 砕碎 研硏
禅禪 秘祕 称稱 稲稻 穂穗 穏穩 窃竊 糸絲 経經 絵繪 継繼 続續 総總 緑綠 縁緣
縦縱 繊纖 缶罐 聴聽 胆膽 脳腦 臓臟 台臺 芸藝 茎莖 荘莊 薫薰 薬藥 虚虛 虫蟲
蚕蠶 蛍螢 蛮蠻 衆眾 衛衞 装裝 覇霸 覚覺 覧覽 観觀 触觸 訳譯 証證 読讀 誉譽
謡謠 譲讓 賛贊 転轉 軽輕 辞辭 逓遞 遅遲 酔醉 醸釀 釈釋 録錄 銭錢 鋳鑄 錬鍊
鎮鎭 鉱鑛 閲閱 陥陷 険險 随隨 隠隱 雑雜 霊靈 顕顯 頼賴 駆驅 駅驛 騒騷 験驗
髄髓 鶏鷄 麦麥 黄黃 黙默 齢齡 巻卷 弾彈 従從 徴徵 懐懷 曽曾 桧檜 蔵藏 凉涼
籠篭 藪薮籔 鴎鷗 鴬鶯 莱萊 尭堯 遥遙 瑶瑤 会會 侠俠 凜凛 晃晄 梅楳 穣穰 祿禄
鰺鯵 昂昻 柏栢 埜野 禱祷 薗園 郷鄕鄉 釜釡 鎌鐮 隣鄰 餅餠 髪髮 秋穐秌 芦蘆
橋𣘺槗 土圡𡈽 緒緖 啓啟 恒恆 顔顏 産產 為爲 温溫 尚尙 嬢孃 舎舍 悦悅 説說 脱脫
税稅 鋭銳 概槪 既旣 即卽 青靑 教敎 戻戾 壮壯 圏圈 拠據 渓溪 粛肅 縄繩
"""

FOLDED = {ord(other): group[0] for group in _GROUPS.split() for other in group[1:]}
"""For `str.translate`."""

VARIATION_SELECTORS = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""They choose a drawing of the same character (Ideographic Variation Database)."""
